namespace Road.Torch.Networks;

/// <summary>The two forms of a branch of <see cref="DeepLabV2"/>, as its authors published them for two backbones.</summary>
public enum DeepLabV2Form
{
    /// <summary>One dilated 3x3 classifier a branch, published on ResNet-101.</summary>
    ResNet,

    /// <summary>
    /// A dilated 3x3 convolution to 1,024 channels, a 1x1 convolution of 1,024 channels, both with ReLU and dropout 0.5, and a
    /// 1x1 classifier a branch, published on VGG-16.
    /// </summary>
    Vgg,
}
