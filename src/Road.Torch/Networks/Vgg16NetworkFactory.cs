using System.Text.Json.Serialization;

namespace Road.Torch.Networks;

/// <summary>Describes a network on VGG-16 that has that network's two hidden layers too, as convolutions (Long et al., 2015).</summary>
public abstract class Vgg16NetworkFactory : SegmentationNetworkFactory
{
    // Checkpoints compare the properties as JSON, in this order: these before those of the derived class.

    /// <summary>The channels of the two hidden convolutions, 1 to 4096; 4096 by default, as VGG-16's own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    [JsonPropertyOrder(-1)]
    public int HiddenChannels
    {
        get;
        set => field = OptionGuard.Between(value, 1, 4096);
    } = 4096;

    /// <summary>How likely a value after these convolutions becomes zero in training, 0 to less than 1; 0.5 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    [JsonPropertyOrder(-1)]
    public double Dropout
    {
        get;
        set => field = OptionGuard.Below(value, 0, 1);
    } = 0.5;
}
