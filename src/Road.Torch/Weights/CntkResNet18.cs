using System.Collections.Frozen;

namespace Road.Torch.Weights;

/// <summary>
/// CNTK's ResNet-18 as the package Microsoft.ML.DnnImageFeaturizer.ResNet18 holds it: trained on ImageNet, without its
/// classifier, its tensors named by the numbers of CNTK's nodes. Its last stage has a third block, which is no part of a
/// ResNet-18 and is left out: the stage's first two blocks are whole without it.
/// </summary>
internal static class CntkResNet18
{
    // The number of each convolution's weight and of its batch norm's scale; shift, mean and variance have the next three.
    private static readonly (string Convolution, string Norm, int Weight, int Scale)[] Layers =
    [
        ("conv1", "bn1", 91, 96),
        ("layer1.0.conv1", "layer1.0.bn1", 86, 113),
        ("layer1.0.conv2", "layer1.0.bn2", 82, 127),
        ("layer1.1.conv1", "layer1.1.bn1", 77, 144),
        ("layer1.1.conv2", "layer1.1.bn2", 73, 158),
        ("layer2.0.downsample.0", "layer2.0.downsample.1", 199, 203),
        ("layer2.0.conv1", "layer2.0.bn1", 68, 175),
        ("layer2.0.conv2", "layer2.0.bn2", 64, 189),
        ("layer2.1.conv1", "layer2.1.bn1", 59, 220),
        ("layer2.1.conv2", "layer2.1.bn2", 55, 234),
        ("layer3.0.downsample.0", "layer3.0.downsample.1", 275, 279),
        ("layer3.0.conv1", "layer3.0.bn1", 50, 251),
        ("layer3.0.conv2", "layer3.0.bn2", 46, 265),
        ("layer3.1.conv1", "layer3.1.bn1", 41, 296),
        ("layer3.1.conv2", "layer3.1.bn2", 37, 310),
        ("layer4.0.downsample.0", "layer4.0.downsample.1", 351, 355),
        ("layer4.0.conv1", "layer4.0.bn1", 32, 327),
        ("layer4.0.conv2", "layer4.0.bn2", 28, 341),
        ("layer4.1.conv1", "layer4.1.bn1", 23, 372),
        ("layer4.1.conv2", "layer4.1.bn2", 19, 386),
        ("layer4.2.conv1", "layer4.2.bn1", 14, 403),
        ("layer4.2.conv2", "layer4.2.bn2", 10, 417),
    ];

    private static readonly FrozenDictionary<string, string> Names = Layers.SelectMany(NamesOf).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The beginning of the names, as torchvision would give them, of what a ResNet-18 has no place for.</summary>
    public static string ThirdBlock => "layer4.2.";

    /// <summary>The input that the weights expect: the means of ImageNet's channels, and no deviation.</summary>
    public static InputNormalization Normalization { get; } = new(ChannelOrder.Bgr, 255, [103.063, 115.903, 123.152], [1, 1, 1]);

    /// <summary>Whether a file is this network: it has all of the names and no other.</summary>
    public static bool Is(WeightsFile file) =>
        file.Format == WeightsFormat.Onnx && file.Entries.Count == Names.Count && file.Entries.All(entry => Names.ContainsKey(entry.Name));

    /// <summary>torchvision's name for one of the file's.</summary>
    public static string Translate(string name) => Names[name];

    private static IEnumerable<KeyValuePair<string, string>> NamesOf((string Convolution, string Norm, int Weight, int Scale) layer) =>
    [
        new($"Parameter{layer.Weight}", layer.Convolution + ".weight"),
        new($"Parameter{layer.Scale}", layer.Norm + ".weight"),
        new($"Parameter{layer.Scale + 1}", layer.Norm + ".bias"),
        new($"Constant{layer.Scale + 2}", layer.Norm + ".running_mean"),
        new($"Constant{layer.Scale + 3}", layer.Norm + ".running_var"),
    ];
}
