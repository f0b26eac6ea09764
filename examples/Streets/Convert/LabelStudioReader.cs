using System.Text.Json.Nodes;
using SkiaSharp;

namespace Streets.Convert;

/// <summary>Label Studio's export as JSON: brushes, polygons, ellipses, and rectangles where they are asked for.</summary>
internal sealed class LabelStudioReader : IAnnotationReader
{
    private static readonly string[] ImageEndings = [".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".jfif"];

    public string Format => "label-studio";

    public string Description => "Label Studio, the export as JSON";

    public bool Recognizes(string path) => File.Exists(path)
        && Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)
        && AnnotationJson.Read(path) is JsonArray { Count: > 0 } tasks && tasks[0] is JsonObject task && task["data"] is JsonObject
        && task["annotations"] is JsonArray;

    public Annotations Read(string path, bool takesBoxes)
    {
        Annotations result = new();
        foreach ((int index, JsonNode? task) in AnnotationJson.Guard($"'{path}'", () => AnnotationJson.Read(path).AsArray()).Index())
        {
            string place = $"'{path}', task {(task?["id"] is { } id ? id.ToString() : index)}";
            AnnotationJson.Guard(place, () => ReadTask(task!, takesBoxes, result));
        }

        return result;
    }

    private static bool ReadTask(JsonNode task, bool takesBoxes, Annotations result)
    {
        JsonNode[] annotations = [.. task["annotations"]!.AsArray().OfType<JsonNode>()
            .Where(static annotation => (bool?)annotation["was_cancelled"] is not true)];
        if (annotations.Length == 0)
        {
            result.LeaveOut("tasks without an annotation");
            return false;
        }

        // Of several people's, the one that came last.
        if (annotations.Length > 1)
        {
            result.LeaveOut("annotations of a task that has later ones", annotations.Length - 1);
        }

        int width = 0;
        int height = 0;
        List<AnnotatedShape> shapes = [];
        foreach (JsonNode region in annotations[^1]["result"]!.AsArray().OfType<JsonNode>())
        {
            string kind = (string?)region["type"] ?? string.Empty;
            JsonNode value = region["value"]!;
            if (!kind.EndsWith("labels", StringComparison.Ordinal) || value[kind] is not JsonArray { Count: > 0 } labels)
            {
                result.LeaveOut(kind.Length > 0 ? $"{kind} results" : "results without a type");
                continue;
            }

            width = (int)region["original_width"]!;
            height = (int)region["original_height"]!;
            if (((double?)region["image_rotation"] ?? 0) != 0)
            {
                throw new InvalidDataException("its image was turned in Label Studio, which the image file does not know of");
            }

            IArea? area = kind switch
            {
                "polygonlabels" => new PolygonArea([[.. AnnotationJson.Points(value["points"]).Select(
                    point => new SKPoint(point.X * width / 100, point.Y * height / 100))]]),
                "brushlabels" => Brush(value, width, height),
                "ellipselabels" => Ellipse(value, width, height),
                "rectanglelabels" when takesBoxes => Box(value, width, height),
                _ => null,
            };
            if (area is null)
            {
                result.LeaveOut($"{kind} results");
                continue;
            }

            shapes.Add(new AnnotatedShape((string)labels[0]!, area));
        }

        result.Images.Add(new AnnotatedImage(ImageName(task), width, height, shapes));
        return true;
    }

    /// <summary>The image's name, with what Label Studio put before it when it was uploaded.</summary>
    private static string ImageName(JsonNode task)
    {
        string[] texts = [.. task["data"]!.AsObject().Select(static pair => pair.Value).OfType<JsonValue>()
            .Select(static value => value.TryGetValue(out string? text) ? text : string.Empty)];
        string address = texts.FirstOrDefault(static text => ImageEndings.Any(
                ending => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            ?? throw new InvalidDataException("its data name no image file");
        string path = address.Contains("?d=", StringComparison.Ordinal) ? address.Split("?d=")[^1] : address;
        return Uri.UnescapeDataString(Path.GetFileName(path.Replace('\\', '/')));
    }

    private static PolygonArea Box(JsonNode value, int width, int height)
    {
        SKRect box = SKRect.Create(
            Percent(value, "x", width), Percent(value, "y", height), Percent(value, "width", width), Percent(value, "height", height));
        return PolygonArea.Box(box, (double?)value["rotation"] ?? 0, new SKPoint(box.Left, box.Top));
    }

    private static EllipseArea Ellipse(JsonNode value, int width, int height)
    {
        (float x, float y) = (Percent(value, "x", width), Percent(value, "y", height));
        (float rx, float ry) = (Percent(value, "radiusX", width), Percent(value, "radiusY", height));
        return new EllipseArea(new SKRect(x - rx, y - ry, x + rx, y + ry), (double?)value["rotation"] ?? 0);
    }

    private static float Percent(JsonNode value, string name, int side) => (float)((double)value[name]! * side / 100);

    /// <summary>A brush is four bytes a pixel, of which the last is how much it covers.</summary>
    private static PixelArea Brush(JsonNode value, int width, int height)
    {
        byte[] packed = [.. value["rle"]!.AsArray().Select(static number => (byte)(int)number!)];
        byte[] bytes = RunPack.Unpack(packed, 4L * width * height);
        bool[] pixels = new bool[width * height];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = bytes[(4 * i) + 3] > 127;
        }

        return new PixelArea(0, 0, width, height, pixels);
    }
}
