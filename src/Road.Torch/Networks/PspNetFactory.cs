namespace Road.Torch.Networks;

/// <summary>Describes a <see cref="PspNet"/>, on <c>resnet101</c> by default.</summary>
public sealed class PspNetFactory : BackboneNetworkFactory
{
    private IReadOnlyList<int> _bins = [1, 2, 3, 6];
    private double _dropout = 0.1;
    private double _auxiliaryWeight = 0.4;

    /// <summary>Describes a network on <c>resnet101</c>.</summary>
    public PspNetFactory()
        : base("resnet101")
    {
    }

    /// <inheritdoc/>
    public override string Name => $"pspnet-{BackboneName}";

    /// <summary>The bins a direction at each level of the pyramid; 1, 2, 3, 6 by default.</summary>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of bins is not 1 to 64.</exception>
    public IReadOnlyList<int> Bins
    {
        get => _bins;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ValidateBins(value);
            _bins = [.. value];
        }
    }

    /// <summary>How likely a value before a classifier becomes zero in training, 0 to less than 1; 0.1 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public double Dropout
    {
        get => _dropout;
        set => _dropout = OptionGuard.Below(value, 0, 1);
    }

    /// <summary>The weight of the auxiliary classifier's loss, 0 (no auxiliary classifier) to 10; 0.4 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public double AuxiliaryWeight
    {
        get => _auxiliaryWeight;
        set => _auxiliaryWeight = OptionGuard.Between(value, 0, 10);
    }

    /// <inheritdoc/>
    public override SegmentationNetwork Create(int classCount) =>
        new PspNet(CreateBackbone(), classCount, Bins, Dropout, AuxiliaryWeight);

    internal static void ValidateBins(IReadOnlyList<int> levels)
    {
        if (levels.Count == 0)
        {
            throw new ArgumentException("Bins must hold at least one level.", nameof(levels));
        }

        foreach (int level in levels)
        {
            if (level is < 1 or > 64)
            {
                throw new ArgumentOutOfRangeException(nameof(levels), level, "Bins must be 1 to 64, each.");
            }
        }
    }
}
