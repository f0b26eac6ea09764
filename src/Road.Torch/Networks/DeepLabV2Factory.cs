namespace Road.Torch.Networks;

/// <summary>Describes a <see cref="DeepLabV2"/>, on <c>vgg16</c> by default.</summary>
public sealed class DeepLabV2Factory : BackboneNetworkFactory
{
    private IReadOnlyList<int> _dilations = [6, 12, 18, 24];
    private DeepLabV2Form? _form;

    /// <summary>Describes a network on <c>vgg16</c>.</summary>
    public DeepLabV2Factory()
        : base("vgg16")
    {
    }

    /// <inheritdoc/>
    public override string Name => $"deeplab-{BackboneName}";

    /// <summary>The dilation rate of each branch of the head; 6, 12, 18, 24 by default.</summary>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not positive.</exception>
    public IReadOnlyList<int> Dilations
    {
        get => _dilations;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ValidateDilations(value);
            _dilations = [.. value];
        }
    }

    /// <summary>
    /// The layers of a branch; until it is set, <see cref="DeepLabV2Form.Vgg"/> for the backbone <c>vgg16</c> and
    /// <see cref="DeepLabV2Form.ResNet"/> for all others.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no form.</exception>
    public DeepLabV2Form Form
    {
        get => _form ?? (BackboneName == "vgg16" ? DeepLabV2Form.Vgg : DeepLabV2Form.ResNet);
        set => _form = OptionGuard.Defined(value);
    }

    /// <inheritdoc/>
    public override SegmentationNetwork Create(int classCount) => new DeepLabV2(CreateBackbone(), classCount, Dilations, Form);

    internal static void ValidateDilations(IReadOnlyList<int> rates)
    {
        if (rates.Count == 0)
        {
            throw new ArgumentException("Dilations must hold at least one rate.", nameof(rates));
        }

        foreach (int rate in rates)
        {
            if (rate < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(rates), rate, "Dilations must be 1 or more, each.");
            }
        }
    }
}
