namespace Road.Torch.Networks;

/// <summary>Describes a <see cref="DilatedNet"/> on VGG-16.</summary>
public sealed class DilatedNetFactory : Vgg16NetworkFactory
{
    /// <inheritdoc/>
    public override string Name => "dilatednet-vgg16";

    /// <summary>Whether the context module follows the front end; true by default.</summary>
    public bool HasContext { get; set; } = true;

    /// <inheritdoc/>
    public override SegmentationNetwork Create(int classCount) =>
        new DilatedNet(CreateBackbone(), classCount, HiddenChannels, Dropout, HasContext);

    /// <inheritdoc/>
    public override Backbone CreateBackbone() => new Vgg16(8, keepsDilatedPooling: false);
}
