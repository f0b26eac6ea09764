namespace Road.Torch.Networks;

/// <summary>Describes an <see cref="Fcn8s"/> on VGG-16.</summary>
public sealed class Fcn8sFactory : Vgg16NetworkFactory
{
    private double _pool4Scale = 0.01;
    private double _pool3Scale = 0.0001;

    /// <inheritdoc/>
    public override string Name => "fcn8s-vgg16";

    /// <summary>
    /// What the fourth pooling's map is multiplied by before its scores, more than 0 and at most 1000; 0.01 by default, as the
    /// authors have it where all streams train at once (Shelhamer et al., 2017). They work with pixels of 0 to 255; weights
    /// for standardised input give maps about 50 times smaller.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public double Pool4Scale
    {
        get => _pool4Scale;
        set => _pool4Scale = OptionGuard.PositiveUpTo(value, 1000);
    }

    /// <summary>The same for the third pooling's map; 0.0001 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public double Pool3Scale
    {
        get => _pool3Scale;
        set => _pool3Scale = OptionGuard.PositiveUpTo(value, 1000);
    }

    /// <inheritdoc/>
    public override SegmentationNetwork Create(int classCount) =>
        new Fcn8s((Vgg16)CreateBackbone(), classCount, HiddenChannels, Dropout, Pool4Scale, Pool3Scale);

    /// <inheritdoc/>
    public override Backbone CreateBackbone() => new Vgg16(16);
}
