using System.Text.RegularExpressions;

namespace Streets.Convert;

/// <summary>Finds the images that labelling tools name: by their place in the folder, else by their name wherever it is.</summary>
internal sealed partial class ImageFinder
{
    private static readonly HashSet<string> Endings = new(
        [
            ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi", ".pjpeg", ".pjp", ".apng", ".bmp", ".dib", ".webp", ".gif",
        ],
        StringComparer.OrdinalIgnoreCase);

    private readonly string _folder;
    private readonly Dictionary<string, string> _byPlace;
    private readonly ILookup<string, string> _byName;
    private readonly ILookup<string, string> _byStem;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public ImageFinder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no image folder '{folder}'.");
        }

        _folder = folder;
        string[] images = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(static file => Endings.Contains(Path.GetExtension(file)))
            .Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
        _byPlace = images.ToDictionary(static image => image.Replace('\\', '/'), StringComparer.Ordinal);
        _byName = images.ToLookup(static image => Path.GetFileName(image), StringComparer.Ordinal);
        _byStem = images.ToLookup(static image => Path.GetFileNameWithoutExtension(image), StringComparer.Ordinal);
    }

    /// <summary>How many images there are.</summary>
    public int Count => _byPlace.Count;

    /// <summary>Finds an image.</summary>
    /// <param name="name">The name that the tool has for it.</param>
    /// <returns>Its path in the folder; null where there is none.</returns>
    /// <exception cref="InvalidDataException">There are several of that name.</exception>
    public string? Find(string name)
    {
        string place = name.Replace('\\', '/');
        place = place.StartsWith("./", StringComparison.Ordinal) ? place[2..] : place;
        if (_byPlace.TryGetValue(place, out string? image))
        {
            return image;
        }

        string file = Path.GetFileName(place);
        foreach (string[] found in new[] { file, UploadMark().Replace(file, string.Empty) }.Distinct().SelectMany(candidate => new[]
        {
            [.. _byName[candidate]], _byStem[Path.GetFileNameWithoutExtension(candidate)].ToArray(),
        }))
        {
            if (found.Length == 1)
            {
                return found[0];
            }

            if (found.Length > 1)
            {
                string all = string.Join(" or ", found.Select(static path => $"'{path}'"));
                throw new InvalidDataException($"The labels of '{name}' may be those of {all} in '{_folder}'.");
            }
        }

        return null;
    }

    // Eight digits that Label Studio puts before the name of what is uploaded.
    [GeneratedRegex("^[0-9a-f]{8}-")]
    private static partial Regex UploadMark();
}
