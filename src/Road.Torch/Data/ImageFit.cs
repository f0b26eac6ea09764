namespace Road.Torch.Data;

/// <summary>How an image is brought to a size that it has another shape than.</summary>
public enum ImageFit
{
    /// <summary>
    /// The size is a box: the image gets the largest size within it that keeps its aspect ratio, so that a photo in portrait
    /// format shows a street as one in landscape does. Nothing is padded, since networks take images of any size.
    /// </summary>
    KeepAspectRatio,

    /// <summary>Width and height become those of the size, whatever that does to the aspect ratio.</summary>
    Stretch,
}
