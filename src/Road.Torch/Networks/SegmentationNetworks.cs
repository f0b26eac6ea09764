namespace Road.Torch.Networks;

/// <summary>The networks of this assembly by name: head, dash, backbone. A new head is a line in the table here.</summary>
public static class SegmentationNetworks
{
    private static readonly Dictionary<string, Func<string, SegmentationNetworkFactory>> Heads = new(StringComparer.Ordinal)
    {
        ["deeplab"] = static backbone => new DeepLabV2Factory { BackboneName = backbone },
    };

    /// <summary>The known names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Heads.Keys.SelectMany(head => Backbones.Names.Select(backbone => $"{head}-{backbone}")).Order(StringComparer.Ordinal)];

    /// <summary>Finds the factory of a network.</summary>
    /// <param name="name">One of <see cref="Names"/>, such as <c>deeplab-vgg16</c>.</param>
    /// <returns>A factory with that network's defaults.</returns>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static SegmentationNetworkFactory Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Names.Contains(name, StringComparer.Ordinal))
        {
            throw new ArgumentException($"There is no network '{name}'; known are {string.Join(", ", Names)}.", nameof(name));
        }

        int dash = name.IndexOf('-', StringComparison.Ordinal);
        return Heads[name[..dash]](name[(dash + 1)..]);
    }
}
