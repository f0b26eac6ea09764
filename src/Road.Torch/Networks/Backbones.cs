namespace Road.Torch.Networks;

/// <summary>The backbones of this assembly by name. A new one is a class and a line in the table here.</summary>
public static class Backbones
{
    private static readonly Dictionary<string, Func<int, Backbone>> Table = new(StringComparer.Ordinal)
    {
        ["resnet101"] = static outputStride => new ResNet(101, outputStride),
        ["resnet18"] = static outputStride => new ResNet(18, outputStride),
        ["resnet50"] = static outputStride => new ResNet(50, outputStride),
        ["squeezenet1_1"] = static outputStride => new SqueezeNet11(outputStride),
        ["vgg16"] = static outputStride => new Vgg16(outputStride),
    };

    /// <summary>The known names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Creates a backbone on the default device, its weights unspecified.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="outputStride">Input pixels per step of the last feature map; which values hold depends on the backbone.</param>
    /// <returns>The backbone; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The backbone does not have that output stride.</exception>
    public static Backbone Create(string name, int outputStride)
    {
        EnsureKnown(name);
        return Table[name](outputStride);
    }

    internal static void EnsureKnown(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Table.ContainsKey(name))
        {
            throw new ArgumentException($"There is no backbone '{name}'; known are {string.Join(", ", Names)}.", nameof(name));
        }
    }
}
