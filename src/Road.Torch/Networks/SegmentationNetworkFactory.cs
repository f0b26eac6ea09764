using System.Text.Json.Serialization;

namespace Road.Torch.Networks;

/// <summary>
/// Describes a network and creates it. A trained model stores the factory's type name and its public settable
/// properties as JSON, so a factory is a class with a parameterless constructor whose properties say everything that
/// <see cref="Create"/> needs. Implement it outside this assembly to train a network of your own.
/// </summary>
public abstract class SegmentationNetworkFactory
{
    /// <summary>The network's name: head, dash, backbone, such as <c>deeplab-vgg16</c>.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>Creates the network on the default device, its weights unspecified.</summary>
    /// <param name="classCount">The number of classes, 2 to 254.</param>
    /// <returns>The network; the caller disposes it.</returns>
    public abstract SegmentationNetwork Create(int classCount);

    /// <summary>Creates the backbone alone: the frozen twin of the distillation loss (Eq. 1).</summary>
    /// <returns>The backbone; the caller disposes it.</returns>
    public abstract Backbone CreateBackbone();
}
