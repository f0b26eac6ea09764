using System.Globalization;

namespace Road.MLNet.Data;

/// <summary>Finds the images and masks of a published data set below its root, and says what is wrong where they are not.</summary>
internal static class PublishedFolder
{
    /// <summary>Lists a set.</summary>
    /// <param name="root">The set's root folder.</param>
    /// <param name="layout">Where the set keeps its files.</param>
    /// <returns>
    /// The full paths of images and of their masks, in the ordinal order of folders and names; no masks where the set has
    /// no folder of them and the layout allows it.
    /// </returns>
    /// <exception cref="DirectoryNotFoundException">The root does not exist.</exception>
    /// <exception cref="InvalidDataException">Something of the set is missing; the message says what and what was found.</exception>
    public static (string[] Images, string[]? Labels) List(string root, PublishedLayout layout)
    {
        string full = Path.GetFullPath(root);
        if (!Directory.Exists(full))
        {
            throw new DirectoryNotFoundException(
                $"The {layout.SetName} folder '{root}' does not exist{(File.Exists(full) ? ": it is a file" : string.Empty)}.");
        }

        string imageFolder = Find(full, layout.ImageFolder)
            ?? throw new InvalidDataException($"{Missing(full, layout.ImageFolder, "images", layout)}{Suggest(full, layout.ImageFolder)}");
        SortedDictionary<string, string> images = ListFiles(imageFolder, layout.ImageSuffixes, layout.HasCities);
        if (images.Count == 0)
        {
            throw new InvalidDataException(
                $"{layout.SetName}'s folder of images, '{imageFolder}', has no file {Pattern(layout.ImageSuffixes, layout)}; "
                + $"{FolderContent.Describe(imageFolder)}.");
        }

        string? labelFolder = Find(full, layout.LabelFolder);
        if (labelFolder is null)
        {
            return layout.LabelsAreOptional
                ? ([.. images.Values], null)
                : throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Missing(full, layout.LabelFolder, "label masks", layout)} None of the {images.Count} images has a mask."));
        }

        SortedDictionary<string, string> labels = ListFiles(labelFolder, [layout.LabelSuffix], layout.HasCities);
        string[] missing = [.. images.Keys.Where(key => !labels.ContainsKey(key))];
        return missing.Length == 0
            ? ([.. images.Values], [.. images.Keys.Select(key => labels[key])])
            : throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{missing.Length} of the {images.Count} images in '{imageFolder}' have no label mask, a file "
                + $"{Pattern([layout.LabelSuffix], layout)} of the same name, in '{labelFolder}': "
                + $"{FolderContent.Shorten([.. missing.Select(key => Path.GetRelativePath(imageFolder, images[key]))])}. That folder has "
                + $"{labels.Count} masks{(labels.Count == 0 ? $"; {FolderContent.Describe(labelFolder)}" : string.Empty)}."));
    }

    // By the name without what its kind of file adds; with cities, the city's folder before it.
    private static SortedDictionary<string, string> ListFiles(string folder, string[] suffixes, bool hasCities)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string place in hasCities ? Directory.GetDirectories(folder) : [folder])
        {
            string city = hasCities ? $"{Path.GetFileName(place)}/" : string.Empty;
            foreach (string file in Directory.EnumerateFiles(place))
            {
                // Copies from macOS bring a hidden file along with each one.
                string name = Path.GetFileName(file);
                string? suffix = Array.Find(suffixes, ending => name.EndsWith(ending, StringComparison.Ordinal));
                if (suffix is null || name[0] == '.')
                {
                    continue;
                }

                string key = city + name[..^suffix.Length];
                if (!files.TryAdd(key, file))
                {
                    throw new InvalidDataException(
                        $"The folder '{place}' has two files named alike: '{Path.GetFileName(files[key])}' and '{name}'.");
                }
            }
        }

        return files;
    }

    private static string? Find(string root, string folder)
    {
        string path = Path.Combine(root, folder.Replace('/', Path.DirectorySeparatorChar));
        return Directory.Exists(path) ? path : null;
    }

    private static string Missing(string root, string folder, string kind, PublishedLayout layout)
    {
        // Where 'leftImg8bit' is there and 'leftImg8bit/val' is not, what 'leftImg8bit' holds is what helps.
        string place = root;
        string[] parts = folder.Split('/');
        string part = parts[0];
        for (int i = 0; i + 1 < parts.Length && Directory.Exists(Path.Combine(place, parts[i])); i++)
        {
            place = Path.Combine(place, parts[i]);
            part = parts[i + 1];
        }

        return $"The {layout.SetName} folder '{root}' has no '{folder}', the folder of its {kind}: '{part}' is missing in '{place}', and "
            + $"{FolderContent.Describe(place)}.";
    }

    // The root is easily taken a level too high, as archives unpack, or too low.
    private static string Suggest(string root, string folder)
    {
        IEnumerable<string> near = Directory.GetDirectories(root).Order(StringComparer.Ordinal);
        string? better = near.FirstOrDefault(place => Find(place, folder) is not null);
        for (string? above = Path.GetDirectoryName(root); better is null && above is not null; above = Path.GetDirectoryName(above))
        {
            better = Find(above, folder) is not null ? above : null;
        }

        return better is null ? string.Empty : $" '{better}' has one: is that the root?";
    }

    private static string Pattern(string[] suffixes, PublishedLayout layout) =>
        $"{(layout.HasCities ? "CITY/" : string.Empty)}*{string.Join(" or *", suffixes)}";
}
