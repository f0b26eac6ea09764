using System.Text.Json.Serialization;

namespace Road.Torch.Networks;

/// <summary>Describes a network whose head fits every backbone of <see cref="Backbones"/>.</summary>
public abstract class BackboneNetworkFactory : SegmentationNetworkFactory
{
    /// <summary>Describes a network with an output stride of 8.</summary>
    /// <param name="backboneName">The backbone's name, until another is set.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    protected BackboneNetworkFactory(string backboneName) => BackboneName = backboneName;

    // Checkpoints compare the properties as JSON, in this order: these before those of the derived class.

    /// <summary>The backbone's name, one of <see cref="Backbones.Names"/>.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    [JsonPropertyOrder(-1)]
    public string BackboneName
    {
        get;
        set
        {
            Backbones.EnsureKnown(value);
            field = value;
        }
    }

    /// <summary>Input pixels per step of the logits: 8 (the default), 16 or 32, as far as the backbone has it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of these.</exception>
    [JsonPropertyOrder(-1)]
    public int OutputStride
    {
        get;
        set => field = OptionGuard.OutputStride(value);
    } = 8;

    /// <inheritdoc/>
    public override Backbone CreateBackbone() => Backbones.Create(BackboneName, OutputStride);
}
