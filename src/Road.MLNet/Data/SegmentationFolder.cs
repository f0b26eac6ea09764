using System.Globalization;

namespace Road.MLNet.Data;

/// <summary>Finds the images of a folder and their label masks.</summary>
internal static class SegmentationFolder
{
    private static readonly string[] ImageExtensions = [".png", ".jpg", ".jpeg", ".bmp"];
    private static readonly string[] LabelExtensions = [".png"];

    /// <summary>The full paths of the images, in the ordinal order of their names.</summary>
    public static string[] ListImages(string folder)
    {
        string[] files = ListFiles(folder, "image");
        string[] images = Select(files, ImageExtensions);
        if (images.Length == 0)
        {
            throw new InvalidDataException($"The image folder '{folder}' has no {string.Join(", ", ImageExtensions)} file; {FolderContent.Describe(folder)}.");
        }

        IndexByStem(images, folder);
        return images;
    }

    /// <summary>The full path of each image's mask.</summary>
    public static string[] FindLabels(string[] images, string imageFolder, string labelFolder)
    {
        string[] files = ListFiles(labelFolder, "label");
        string[] masks = Select(files, LabelExtensions);
        if (masks.Length == 0)
        {
            throw new InvalidDataException($"The label folder '{labelFolder}' has no .png file; {FolderContent.Describe(labelFolder)}.");
        }

        Dictionary<string, string> byStem = IndexByStem(masks, labelFolder);
        string[] missing = [.. images.Where(image => !byStem.ContainsKey(Stem(image))).Select(image => Path.GetFileName(image))];
        if (missing.Length > 0)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{missing.Length} of the {images.Length} images in '{imageFolder}' have no label mask, a .png file of the same name, in '{labelFolder}': {FolderContent.Shorten(missing)}."));
        }

        return [.. images.Select(image => byStem[Stem(image)])];
    }

    private static string[] ListFiles(string folder, string kind)
    {
        string full = Path.GetFullPath(folder);
        return Directory.Exists(full)
            ? Directory.GetFiles(full)
            : throw new DirectoryNotFoundException($"The {kind} folder '{folder}' does not exist{(File.Exists(full) ? ": it is a file" : string.Empty)}.");
    }

    private static string[] Select(string[] files, string[] extensions) =>
        [.. files.Where(file => extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase) && !IsHidden(file))
            .OrderBy(Path.GetFileName, StringComparer.Ordinal)];

    private static Dictionary<string, string> IndexByStem(string[] files, string folder)
    {
        var byStem = new Dictionary<string, string>(files.Length, StringComparer.Ordinal);
        foreach (string file in files)
        {
            if (!byStem.TryAdd(Stem(file), file))
            {
                throw new InvalidDataException(
                    $"The folder '{folder}' has two files named alike: '{Path.GetFileName(byStem[Stem(file)])}' and '{Path.GetFileName(file)}'.");
            }
        }

        return byStem;
    }

    // Copies from macOS bring a hidden file along with each one, and writers that were killed leave theirs.
    private static bool IsHidden(string file) => Path.GetFileName(file).StartsWith('.');

    private static string Stem(string path) => Path.GetFileNameWithoutExtension(path);
}
