using System.Text.Json.Nodes;
using SkiaSharp;

namespace Streets.Convert;

/// <summary>Labelme's files: one of JSON for each image, with polygons, rectangles, circles and masks in the order of drawing.</summary>
internal sealed class LabelmeReader : IAnnotationReader
{
    public string Format => "labelme";

    public string Description => "Labelme, a JSON file for each image";

    public bool Recognizes(string path) => Files(path).Take(1).Any(
        static file => AnnotationJson.Read(file) is JsonObject root && root["shapes"] is JsonArray && root.ContainsKey("imagePath"));

    public Annotations Read(string path, bool takesBoxes)
    {
        Annotations result = new();
        foreach (string file in Files(path))
        {
            JsonNode root = AnnotationJson.Read(file);
            if (root is not JsonObject || root["shapes"] is not JsonArray shapes)
            {
                result.LeaveOut("JSON files without shapes");
                continue;
            }

            List<AnnotatedShape> areas = [];
            foreach ((int index, JsonNode? shape) in shapes.Index())
            {
                AnnotatedShape? area = AnnotationJson.Guard($"'{file}', shape {index}", () => Shape(shape!, result));
                if (area is not null)
                {
                    areas.Add(area);
                }
            }

            // The image lies beside its file, or is named after it.
            string folder = Directory.Exists(path) ? Path.GetRelativePath(path, Path.GetDirectoryName(file)!) : ".";
            string name = Path.GetFileName(((string?)root["imagePath"] ?? Path.ChangeExtension(file, null)).Replace('\\', '/'));
            result.Images.Add(new AnnotatedImage(
                Path.Combine(folder, name), (int?)root["imageWidth"] ?? 0, (int?)root["imageHeight"] ?? 0, areas));
        }

        return result;
    }

    private static IEnumerable<string> Files(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) ? [path] : [];

    private static AnnotatedShape? Shape(JsonNode shape, Annotations result)
    {
        SKPoint[] points = AnnotationJson.Points(shape["points"]);
        string kind = (string?)shape["shape_type"] ?? "polygon";
        IArea? area = kind switch
        {
            "polygon" when points.Length >= 3 => new PolygonArea([points]),
            "rectangle" when points.Length >= 2 => new PolygonArea([points.Length == 2 ? Corners(points) : points]),
            "circle" when points.Length == 2 => Circle(points[0], SKPoint.Distance(points[0], points[1])),
            "mask" => Mask(points, (string)shape["mask"]!),
            _ => null,
        };
        if (area is null)
        {
            result.LeaveOut($"{kind} shapes");
            return null;
        }

        return new AnnotatedShape((string)shape["label"]!, area);
    }

    private static SKPoint[] Corners(SKPoint[] points) =>
        [points[0], new(points[1].X, points[0].Y), points[1], new(points[0].X, points[1].Y)];

    private static EllipseArea Circle(SKPoint center, float radius) =>
        new(new SKRect(center.X - radius, center.Y - radius, center.X + radius, center.Y + radius));

    /// <summary>A mask is a picture of the rectangle between its two points.</summary>
    private static PixelArea Mask(SKPoint[] points, string picture)
    {
        using SKBitmap bitmap = SKBitmap.Decode(System.Convert.FromBase64String(picture))
            ?? throw new InvalidDataException("its mask is no picture");
        int left = (int)Math.Round(points.Min(static point => point.X));
        int top = (int)Math.Round(points.Min(static point => point.Y));
        bool[] pixels = [.. bitmap.Pixels.Select(static pixel => pixel.Red > 0 && pixel.Alpha > 0)];
        return new PixelArea(left, top, bitmap.Width, bitmap.Height, pixels);
    }
}
