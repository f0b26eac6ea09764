namespace Road.Torch.Networks;

/// <summary>The networks of this assembly by name: head, dash, backbone. A new head is a line in the table here.</summary>
public static class SegmentationNetworks
{
    // A head with the backbones that it fits.
    private static readonly (string Head, IReadOnlyList<string> Backbones, Func<string, SegmentationNetworkFactory> Create)[] Heads =
    [
        ("deeplab", Backbones.Names, static backbone => new DeepLabV2Factory { BackboneName = backbone }),
        ("dilatednet", ["vgg16"], static _ => new DilatedNetFactory()),
        ("fcn8s", ["vgg16"], static _ => new Fcn8sFactory()),
        ("pspnet", Backbones.Names, static backbone => new PspNetFactory { BackboneName = backbone }),
    ];

    private static readonly Dictionary<string, Func<SegmentationNetworkFactory>> Table = (
        from head in Heads
        from backbone in head.Backbones
        select KeyValuePair.Create<string, Func<SegmentationNetworkFactory>>($"{head.Head}-{backbone}", () => head.Create(backbone)))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>The known names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Finds the factory of a network.</summary>
    /// <param name="name">One of <see cref="Names"/>, such as <c>deeplab-vgg16</c>.</param>
    /// <returns>A factory with that network's defaults.</returns>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static SegmentationNetworkFactory Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Table.TryGetValue(name, out Func<SegmentationNetworkFactory>? create)
            ? create()
            : throw new ArgumentException($"There is no network '{name}'; known are {string.Join(", ", Names)}.", nameof(name));
    }
}
