namespace Road.Torch.Weights;

/// <summary>
/// Translates the names that others give a backbone's tensors into the backbone's own. A name that the module has is
/// never changed. torchvision's VGG and ResNet, and timm's, need no more than their prefixes taken off.
/// </summary>
internal sealed class WeightsNames
{
    // What torch.nn.DataParallel puts before every name, and what torchvision's segmentation networks call theirs.
    private const string DataParallel = "module.";
    private const string Segmentation = "backbone.";

    // torchvision's SqueezeNet 1.1 numbers its layers; the published network names them.
    private static readonly Dictionary<string, string> SqueezeNet = new(StringComparer.Ordinal)
    {
        ["features.0"] = "conv1",
        ["features.3"] = "fire2",
        ["features.4"] = "fire3",
        ["features.6"] = "fire4",
        ["features.7"] = "fire5",
        ["features.9"] = "fire6",
        ["features.10"] = "fire7",
        ["features.11"] = "fire8",
        ["features.12"] = "fire9",
    };

    private readonly HashSet<string> _module;
    private readonly List<string> _prefixes = [];

    /// <summary>Finds out which prefixes the file's names have.</summary>
    /// <param name="module">The names of the module's parameters and buffers.</param>
    /// <param name="file">The file.</param>
    public WeightsNames(IEnumerable<string> module, WeightsFile file)
    {
        _module = new HashSet<string>(module, StringComparer.Ordinal);
        string taken = string.Empty;
        if (file.Entries.Count > 0 && file.Entries.All(entry => Begins(entry.Name, DataParallel)))
        {
            _prefixes.Add(DataParallel);
            taken = DataParallel;
        }

        if (file.Entries.Any(entry => Begins(entry.Name, taken + Segmentation)))
        {
            _prefixes.Add(Segmentation);
        }
    }

    /// <summary>Gives the module's name for one of the file's; a name that nothing is known of loses its prefixes only.</summary>
    public string Translate(string name)
    {
        foreach (string prefix in _prefixes)
        {
            if (!_module.Contains(name) && Begins(name, prefix))
            {
                name = name[prefix.Length..];
            }
        }

        return !_module.Contains(name) && TranslateSqueezeNet(name) is { } translated && _module.Contains(translated) ? translated : name;
    }

    private static string? TranslateSqueezeNet(string name)
    {
        string[] parts = name.Split('.');
        if (parts.Length is < 3 or > 4 || !SqueezeNet.TryGetValue($"{parts[0]}.{parts[1]}", out string? layer))
        {
            return null;
        }

        // A layer of three parts, of which torchvision calls the first by its role alone.
        return parts.Length == 3 ? $"{layer}.{parts[2]}" : $"{layer}.{(parts[2] == "squeeze" ? "squeeze1x1" : parts[2])}.{parts[3]}";
    }

    private static bool Begins(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal);
}
