namespace Road.Torch.Networks;

/// <summary>Describes a <see cref="DilatedNet"/> on VGG-16.</summary>
public sealed class DilatedNetFactory : SegmentationNetworkFactory
{
    private int _hiddenChannels = 4096;
    private double _dropout = 0.5;

    /// <inheritdoc/>
    public override string Name => "dilatednet-vgg16";

    /// <summary>The channels of the front end's two hidden convolutions, 1 to 4096; 4096 by default, as VGG-16's own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public int HiddenChannels
    {
        get => _hiddenChannels;
        set => _hiddenChannels = OptionGuard.Between(value, 1, 4096);
    }

    /// <summary>How likely a value after these convolutions becomes zero in training, 0 to less than 1; 0.5 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public double Dropout
    {
        get => _dropout;
        set => _dropout = OptionGuard.Below(value, 0, 1);
    }

    /// <summary>Whether the context module follows the front end; true by default.</summary>
    public bool HasContext { get; set; } = true;

    /// <inheritdoc/>
    public override SegmentationNetwork Create(int classCount) =>
        new DilatedNet(CreateBackbone(), classCount, HiddenChannels, Dropout, HasContext);

    /// <inheritdoc/>
    public override Backbone CreateBackbone() => new Vgg16(8, keepsDilatedPooling: false);
}
