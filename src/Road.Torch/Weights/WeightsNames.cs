namespace Road.Torch.Weights;

/// <summary>
/// Finds a backbone's tensors among a file's by their names: behind the prefixes of whatever the backbone was part of, and under the
/// names that others give them. torchvision's VGG and ResNet, timm's and mmsegmentation's need no more than their prefixes taken off.
/// </summary>
internal sealed class WeightsNames
{
    // What wrappers (torch.nn.DataParallel, Lightning's modules and their users, the multi-scale wrapper that AdaptSegNet began
    // with) and whole segmenters (torchvision's, mmsegmentation's, segmentation_models.pytorch's) put before names, one after another.
    private static readonly string[] Wrappers =
        ["module.", "model.", "net.", "network.", "segmentor.", "student.", "base.", "Scale.", "backbone.", "encoder."];

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
    private readonly string _prefix;
    private readonly string[] _rivals;

    /// <summary>Finds out behind which prefix the file has most of the module's names.</summary>
    /// <param name="module">The names of the module's parameters and buffers.</param>
    /// <param name="file">The file.</param>
    public WeightsNames(IEnumerable<string> module, WeightsFile file)
    {
        _module = new HashSet<string>(module, StringComparer.Ordinal);
        Dictionary<string, int> counts = new(StringComparer.Ordinal) { [string.Empty] = 0 };
        Dictionary<string, int> names = new(StringComparer.Ordinal);
        foreach (WeightsEntry entry in file.Entries)
        {
            foreach (string prefix in Prefixes(entry.Name))
            {
                names[prefix] = names.GetValueOrDefault(prefix) + 1;
                if (TranslateOwn(entry.Name[prefix.Length..]) is not null)
                {
                    counts[prefix] = counts.GetValueOrDefault(prefix) + 1;
                }
            }
        }

        int most = counts.Values.Max();
        string[] best = [
            .. counts.Where(pair => pair.Value == most).Select(static pair => pair.Key).OrderBy(static prefix => prefix.Length)];

        // Weights of another network have none of the names; all of them begin with what they were wrapped in.
        IEnumerable<string> common = names.Where(pair => pair.Value == file.Entries.Count).Select(static pair => pair.Key);
        _prefix = most > 0 ? best[0] : common.MaxBy(static prefix => prefix.Length) ?? string.Empty;
        _rivals = most > 0 ? best[1..] : [];
    }

    /// <summary>
    /// Gives the module's name for one of the file's. A name that nothing is known of loses its prefixes only.
    /// </summary>
    /// <param name="name">The name in the file.</param>
    /// <param name="isOutside">
    /// Whether the tensor is not the backbone's but of what the backbone was part of, such as a head beside it.
    /// </param>
    public string Translate(string name, out bool isOutside)
    {
        isOutside = !Begins(name, _prefix);
        if (!isOutside || _rivals.Any(rival => Begins(name, rival)))
        {
            // A second tensor of one name is as much in doubt as the first, wherever it lies.
            isOutside = false;
            return Prefixes(name).Select(prefix => TranslateOwn(name[prefix.Length..])).FirstOrDefault(static own => own is not null)
                ?? (Begins(name, _prefix) ? name[_prefix.Length..] : name);
        }

        string shared = Prefixes(name).Last(prefix => Begins(_prefix, prefix));
        return name[shared.Length..];
    }

    /// <summary>The beginnings of a name that wrappers may have put there, from none to all.</summary>
    private static IEnumerable<string> Prefixes(string name)
    {
        int length = 0;
        yield return string.Empty;
        while (Array.Find(Wrappers, wrapper => name.AsSpan(length).StartsWith(wrapper, StringComparison.Ordinal)) is { } next)
        {
            length += next.Length;
            yield return name[..length];
        }
    }

    /// <summary>The module's name for one without prefix; null where it has none.</summary>
    private string? TranslateOwn(string name) => _module.Contains(name) ? name
        : TranslateSqueezeNet(name) is { } translated && _module.Contains(translated) ? translated
        : null;

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
