using System.Globalization;

namespace Streets.Convert;

/// <summary>
/// Pascal VOC's segmentation: pictures whose colours stand for labels, named in <c>labelmap.txt</c> (CVAT) or, by their order in the
/// colours of VOC, in <c>class_names.txt</c> (Labelme); without either, VOC's own classes.
/// </summary>
internal sealed class VocReader : IAnnotationReader
{
    private const int Border = 255;

    // Labelme has two, of which the second may hold arrays.
    private static readonly string[] MaskFolders = ["SegmentationClassPNG", "SegmentationClass"];

    private static readonly string[] Classes =
    [
        "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse",
        "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
    ];

    public string Format => "voc";

    public string Description => "Pascal VOC segmentation, a folder with SegmentationClass";

    public bool Recognizes(string path) =>
        MaskFolders.Any(folder => Directory.Exists(Path.Combine(path, folder)));

    public Annotations Read(string path, bool takesBoxes)
    {
        string folder = MaskFolders.Select(name => Path.Combine(path, name))
            .FirstOrDefault(static folder => Directory.Exists(folder) && Directory.EnumerateFiles(
                folder, "*.png", SearchOption.AllDirectories).Any())
            ?? throw new InvalidDataException($"There are no masks, PNG files, in a folder SegmentationClass of '{path}'.");
        Annotations result = new();
        Dictionary<int, string> labels = ReadLabels(path, result);
        foreach (string file in Directory.EnumerateFiles(folder, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            ColoredMask mask = new(file);
            List<AnnotatedShape> shapes = [];
            foreach ((int color, long count) in mask.Colors().OrderBy(static pair => pair.Key))
            {
                if (labels.TryGetValue(color, out string? label))
                {
                    shapes.Add(new AnnotatedShape(label, new ColoredArea(mask, color)));
                }
                else if (color != VocColor(Border))
                {
                    result.LeaveOut(string.Create(
                        CultureInfo.InvariantCulture, $"pixels of the unknown colour {color >> 16},{(color >> 8) & 0xFF},{color & 0xFF}"),
                        (int)Math.Min(count, int.MaxValue));
                }
            }

            (int width, int height) = mask.Size();
            result.Images.Add(new AnnotatedImage(Path.GetRelativePath(folder, file), width, height, shapes) { IgnoresRest = true });
        }

        return result;
    }

    private static Dictionary<int, string> ReadLabels(string path, Annotations result)
    {
        Dictionary<int, string> labels = [];
        string map = Path.Combine(path, "labelmap.txt");
        string names = Path.Combine(path, "class_names.txt");
        if (File.Exists(map))
        {
            foreach ((int index, string line) in File.ReadAllLines(map).Index().Where(static line => line.Item is [not '#', ..]))
            {
                string[] parts = line.Split(':');
                Add(parts[0], AnnotationJson.Guard($"'{map}', line {index + 1}", () => Color(parts[1])));
            }
        }
        else
        {
            // Labelme counts from -1, which is the border.
            string[] lines = File.Exists(names)
                ? [.. File.ReadAllLines(names).Where(static line => line.Length > 0 && line != "__ignore__")]
                : Classes;
            foreach ((int index, string name) in lines.Index())
            {
                Add(name, VocColor(index));
            }
        }

        return labels;

        void Add(string name, int color)
        {
            labels[color] = name;
            result.Labels.TryAdd(name, color);
            result.Background ??= name is "background" or "_background_" ? name : null;
        }
    }

    private static int Color(string text)
    {
        byte[] channels = [.. text.Split(',').Select(static channel => byte.Parse(channel, CultureInfo.InvariantCulture))];
        return (channels[0] << 16) | (channels[1] << 8) | channels[2];
    }

    /// <summary>The colour of an index in VOC's palette: its bits, three by three, are the highest of red, green and blue.</summary>
    private static int VocColor(int index)
    {
        int color = 0;
        for (int bit = 7; index > 0; bit--, index >>= 3)
        {
            color |= ((index & 1) << (16 + bit)) | (((index >> 1) & 1) << (8 + bit)) | (((index >> 2) & 1) << bit);
        }

        return color;
    }
}
