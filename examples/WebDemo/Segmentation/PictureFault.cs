namespace WebDemo.Segmentation;

/// <summary>Why a picture cannot be segmented.</summary>
internal enum PictureFault
{
    /// <summary>It is no image, damaged, or of no use to the network.</summary>
    Unusable,

    /// <summary>It has too many pixels.</summary>
    TooLarge,
}
