using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Streets;

/// <summary>Images by their names: files, folders, patterns, and the lines of a list.</summary>
internal sealed class ImageListData : StreetsData
{
    private readonly IReadOnlyList<string> _paths;
    private readonly string? _list;
    private string? _folder;

    /// <param name="paths">Files, folders, and patterns with <c>*</c> or <c>**</c>.</param>
    /// <param name="list">A file whose lines are names of images, <c>-</c> for standard input; null for none.</param>
    public ImageListData(IReadOnlyList<string> paths, string? list)
    {
        (_paths, _list) = (paths, list);
    }

    public override string? ImageFolder => _folder;

    /// <summary>Whether a name is a pattern.</summary>
    public static bool IsPattern(string path) => path.Contains('*', StringComparison.Ordinal) && !Path.Exists(path);

    public override IDataView Load(MLContext ml)
    {
        List<string> images = [];
        List<string> roots = [];
        foreach (string path in _paths)
        {
            if (Directory.Exists(path))
            {
                string folder = Path.GetFullPath(path);
                roots.Add(folder);
                images.AddRange(ml.Data.LoadSegmentationFolder(folder, null, onlyLabelled: false, ExcludedFolder, out _)
                    .GetColumn<string>("ImagePath"));
            }
            else if (IsPattern(path))
            {
                AddPattern(path);
            }
            else
            {
                AddFile(path, "--images");
            }
        }

        if (_list is not null)
        {
            AddList(_list);
        }

        _folder = roots.Aggregate(static (first, second) => Common(first, second));
        return ml.Data.LoadFromEnumerable(images.Distinct(StringComparer.Ordinal).Select(static image => new Row { ImagePath = image }));

        void AddFile(string path, string origin)
        {
            string full = Path.GetFullPath(path);
            if (!File.Exists(full))
            {
                throw new UsageException(
                    $"{origin}: there is no image or folder '{path}'{(Directory.Exists(path) ? ", but a folder" : string.Empty)}.");
            }

            roots.Add(Path.GetDirectoryName(full)!);
            images.Add(full);
        }

        void AddPattern(string pattern)
        {
            string full = Path.GetFullPath(pattern).Replace('\\', '/');
            int end = full.LastIndexOf('/', full.IndexOf('*', StringComparison.Ordinal));
            string folder = end <= 0 ? Path.GetPathRoot(full)! : full[..end];
            Matcher matcher = new();
            matcher.AddInclude(full[(end + 1)..]);
            string[] found =
            [
                .. (Directory.Exists(folder) ? matcher.GetResultsInFullPath(folder) : [])
                    .Where(file => ExcludedFolder is null || !IsBelow(file, ExcludedFolder)).Order(StringComparer.Ordinal),
            ];
            if (found.Length == 0)
            {
                throw new UsageException($"--images: there is no file '{pattern}'.");
            }

            roots.Add(Path.GetFullPath(folder));
            images.AddRange(found.Select(Path.GetFullPath));
        }

        void AddList(string list)
        {
            int before = images.Count;
            foreach ((int index, string line) in ReadLines(list).Index())
            {
                if (!string.IsNullOrWhiteSpace(line))
                {
                    AddFile(line, $"--list, line {index + 1} of '{list}'");
                }
            }

            if (images.Count == before)
            {
                throw new UsageException($"--list: '{list}' names no image.");
            }
        }
    }

    public override IDataView LoadLabelled(MLContext ml) => throw new NotSupportedException("Images by name have no masks.");

    public override LabelEncoding Encoding() => throw new NotSupportedException("Images by name have no masks.");

    public override LabelEncoding EncodingFor(IReadOnlyList<string> modelClasses) => Encoding();

    private static IEnumerable<string> ReadLines(string list)
    {
        if (list != "-")
        {
            return File.ReadAllLines(list);
        }

        List<string> lines = [];
        while (Console.In.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>The deepest folder that two lie in, or are.</summary>
    private static string Common(string first, string second)
    {
        string folder = first;
        while (!IsBelow(second, folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        return folder;
    }

    private static bool IsBelow(string path, string folder) =>
        Path.GetRelativePath(folder, path) is var relative && !Path.IsPathRooted(relative)
        && relative.Split(Path.DirectorySeparatorChar)[0] != "..";

    private sealed class Row
    {
        public string ImagePath { get; set; } = string.Empty;
    }
}
