using System.Globalization;

namespace Road.MLNet.Data;

/// <summary>The images of a folder and its sub-folders, with their label masks where a folder of them is given.</summary>
internal sealed class SegmentationFolder
{
    private static readonly string[] ImageExtensions =
    [
        ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi", ".pjpeg", ".pjp", ".bmp", ".dib", ".webp", ".gif", ".apng",
    ];
    private static readonly string[] LabelExtensions = [".png"];

    private SegmentationFolder(FolderPaths images, FolderPaths? labels, LeftOutFiles leftOut)
    {
        Images = images;
        Labels = labels;
        LeftOut = leftOut;
    }

    /// <summary>The full paths of the images, in the ordinal order of their names relative to the folder.</summary>
    public FolderPaths Images { get; }

    /// <summary>The full path of each image's mask, empty where it has none; null where no folder of masks is given.</summary>
    public FolderPaths? Labels { get; }

    /// <summary>What lies there and is not listed.</summary>
    public LeftOutFiles LeftOut { get; }

    /// <summary>Lists the folders.</summary>
    /// <param name="imageFolder">The folder of images.</param>
    /// <param name="labelFolder">The folder of masks; null for none.</param>
    /// <param name="onlyLabelled">Whether images without a mask are left out instead of refused.</param>
    /// <param name="excludedFolder">A folder whose files are no images, where it lies below that of the images; null for none.</param>
    /// <param name="keepsUnlabelled">Whether images without a mask are listed all the same.</param>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There is no image, or images or masks cannot be told apart, or masks are missing.</exception>
    public static SegmentationFolder List(
        string imageFolder, string? labelFolder, bool onlyLabelled, string? excludedFolder, bool keepsUnlabelled = false)
    {
        string imageRoot = Find(imageFolder, "image");
        string? labelRoot = labelFolder is null ? null : Find(labelFolder, "label");
        string[] imageFiles = FolderFiles.List(imageRoot, [.. new[] { labelRoot, excludedFolder }.OfType<string>()]);
        string[] images = Select(imageFiles, ImageExtensions);
        if (images.Length == 0)
        {
            throw new InvalidDataException(
                $"The image folder '{imageFolder}' and its sub-folders have no {string.Join(", ", ImageExtensions)} file; "
                + $"{FolderContent.Describe(imageRoot)}.");
        }

        HashSet<string> stems = CheckStems(images, imageFolder);
        string[] others = [.. Except(imageFiles, ImageExtensions).Select(name => Path.Combine(imageFolder, name))];
        if (labelRoot is null)
        {
            return new SegmentationFolder(new FolderPaths(imageRoot, images), null, new LeftOutFiles(others, [], []));
        }

        string[] labelFiles = FolderFiles.List(labelRoot, imageRoot);
        string[] masks = Select(labelFiles, LabelExtensions);
        if (masks.Length == 0)
        {
            throw new InvalidDataException(
                $"The label folder '{labelFolder}' and its sub-folders have no .png file; {FolderContent.Describe(labelRoot)}. "
                + "Label masks are PNG files, since other formats change pixel values.");
        }

        MaskNames names = new(stems, masks, labelFolder!);
        string?[] found = Array.ConvertAll(images, names.Find);
        string[] missing = [.. images.Where((_, i) => found[i] is null)];
        if (missing.Length > 0 && (!(onlyLabelled || keepsUnlabelled) || missing.Length == images.Length))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{missing.Length} of the {images.Length} images in '{imageFolder}' have no label mask, a .png file of the same name "
                + $"or with an ending such as _labels, in '{labelFolder}': {FolderContent.Shorten(missing)}."));
        }

        string?[] listed = keepsUnlabelled ? Array.ConvertAll(found, static name => name ?? string.Empty) : found;
        return new SegmentationFolder(
            new FolderPaths(imageRoot, missing.Length == 0 ? images : [.. images.Where((_, i) => listed[i] is not null)]),
            new FolderPaths(labelRoot!, [.. listed.OfType<string>()]),
            new LeftOutFiles(
                [.. others, .. Except(labelFiles, LabelExtensions).Where(IsNoCompanion).Select(name => Path.Combine(labelFolder!, name))],
                [.. masks.Where(mask => !names.IsKnown(mask)).Select(name => Path.Combine(labelFolder!, name))],
                keepsUnlabelled ? [] : [.. missing.Select(name => Path.Combine(imageFolder, name))]));
    }

    private static string Find(string folder, string kind)
    {
        string full = Path.GetFullPath(folder);
        return Directory.Exists(full)
            ? full
            : throw new DirectoryNotFoundException(
                $"The {kind} folder '{folder}' does not exist{(File.Exists(full) ? ": it is a file" : string.Empty)}.");
    }

    // A large set is nearly always all images, or all masks: then its names are there once.
    private static string[] Select(string[] files, string[] extensions) =>
        Array.TrueForAll(files, file => Has(file, extensions)) ? files : Array.FindAll(files, file => Has(file, extensions));

    private static string[] Except(string[] files, string[] extensions) => Array.FindAll(files, file => !Has(file, extensions));

    private static bool Has(string file, string[] extensions) =>
        extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    private static HashSet<string> CheckStems(string[] images, string folder)
    {
        HashSet<string> stems = new(images.Length, StringComparer.Ordinal);
        foreach (string image in images)
        {
            string stem = MaskNames.Stem(image);
            if (!stems.Add(stem))
            {
                string first = images.First(other => MaskNames.Stem(other) == stem);
                throw new InvalidDataException($"The folder '{folder}' has two files named alike: '{first}' and '{image}'.");
            }
        }

        return stems;
    }

    // Cityscapes keeps what its masks were drawn from beside them.
    private static bool IsNoCompanion(string name) => !name.EndsWith("_gtFine_polygons.json", StringComparison.Ordinal);
}
