namespace Road.Torch.Weights;

/// <summary>The order of an image's colour channels in a network's input.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue: torchvision's order.</summary>
    Rgb,

    /// <summary>Blue, green, red: Caffe's order.</summary>
    Bgr,
}
