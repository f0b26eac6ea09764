using System.Text.Json.Nodes;
using SkiaSharp;

namespace Streets.Convert;

/// <summary>COCO's file of instances: polygons, and masks as runs down the columns, as numbers or as text.</summary>
internal sealed class CocoReader : IAnnotationReader
{
    public string Format => "coco";

    public string Description => "COCO instances, one JSON file";

    public bool Recognizes(string path) => File.Exists(path)
        && Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)
        && AnnotationJson.Read(path) is JsonObject root && root["images"] is JsonArray && root["annotations"] is JsonArray
        && root["categories"] is JsonArray;

    public Annotations Read(string path, bool takesBoxes)
    {
        JsonNode root = AnnotationJson.Read(path);
        Annotations result = new();
        Dictionary<long, string> categories = AnnotationJson.Guard($"'{path}', its categories", () => root["categories"]!.AsArray()
            .ToDictionary(static category => (long)category!["id"]!, static category => (string)category!["name"]!));
        foreach (string name in categories.OrderBy(static pair => pair.Key).Select(static pair => pair.Value))
        {
            result.Labels.TryAdd(name, null);
        }

        Dictionary<long, List<AnnotatedShape>> shapes = [];
        foreach ((int index, JsonNode? annotation) in root["annotations"]!.AsArray().Index())
        {
            string place = $"'{path}', annotation {index}";
            (long image, AnnotatedShape? shape) = AnnotationJson.Guard(place, () => Shape(annotation!, categories, takesBoxes, result));
            if (shape is not null)
            {
                if (!shapes.TryGetValue(image, out List<AnnotatedShape>? list))
                {
                    shapes.Add(image, list = []);
                }

                list.Add(shape);
            }
        }

        foreach ((int index, JsonNode? image) in root["images"]!.AsArray().Index())
        {
            result.Images.Add(AnnotationJson.Guard($"'{path}', image {index}", () => new AnnotatedImage(
                (string)image!["file_name"]!, (int?)image["width"] ?? 0, (int?)image["height"] ?? 0,
                shapes.GetValueOrDefault((long)image["id"]!) ?? [])));
        }

        return result;
    }

    private static (long Image, AnnotatedShape? Shape) Shape(
        JsonNode annotation, Dictionary<long, string> categories, bool takesBoxes, Annotations result)
    {
        long image = (long)annotation["image_id"]!;
        long id = (long)annotation["category_id"]!;
        string label = categories.GetValueOrDefault(id) ?? throw new InvalidDataException($"there is no category {id}");
        IArea? area = annotation["segmentation"] switch
        {
            JsonArray { Count: > 0 } polygons => new PolygonArea([.. polygons.Select(static polygon => Ring(polygon!.AsArray()))]),
            JsonObject runs => Runs(runs),
            _ when takesBoxes && annotation["bbox"] is JsonArray { Count: 4 } box => Box([.. box.Select(static side => (float)side!)]),
            _ => null,
        };
        if (area is null)
        {
            result.LeaveOut("annotations without an outline");
            return (image, null);
        }

        return (image, new AnnotatedShape(label, area));
    }

    private static SKPoint[] Ring(JsonArray numbers) => numbers.Count % 2 == 0 && numbers.Count >= 6
        ? [.. numbers.Select(static number => (float)number!).Chunk(2).Select(static pair => new SKPoint(pair[0], pair[1]))]
        : throw new InvalidDataException($"a polygon has {numbers.Count} numbers; it must have an even number of them, 6 or more");

    private static PolygonArea Box(float[] box) =>
        PolygonArea.Box(SKRect.Create(box[0], box[1], box[2], box[3]), 0, new SKPoint(box[0], box[1]));

    private static PixelArea Runs(JsonObject runs)
    {
        int height = (int)runs["size"]![0]!;
        int width = (int)runs["size"]![1]!;
        IReadOnlyList<long> counts = runs["counts"] is JsonArray numbers
            ? [.. numbers.Select(static number => (long)number!)]
            : Decode((string)runs["counts"]!);
        return PixelArea.FromRuns(0, 0, width, height, counts, goesDown: true);
    }

    /// <summary>
    /// Runs as text: each number in characters of five bits, the lowest first, a sixth bit for another to follow; from the fourth on,
    /// numbers are differences to the last but one.
    /// </summary>
    private static List<long> Decode(string text)
    {
        List<long> counts = [];
        for (int i = 0; i < text.Length;)
        {
            long value = 0;
            int shift = 0;
            bool goesOn = true;
            while (goesOn)
            {
                int bits = i < text.Length ? text[i++] - 48 : -1;
                if (bits is < 0 or > 63 || shift > 55)
                {
                    throw new InvalidDataException("the text of its runs is none of COCO's");
                }

                value |= (long)(bits & 0x1F) << shift;
                shift += 5;
                goesOn = (bits & 0x20) != 0;
                if (!goesOn && (bits & 0x10) != 0)
                {
                    value |= -1L << shift;
                }
            }

            counts.Add(counts.Count > 2 ? value + counts[^2] : value);
        }

        return counts;
    }
}
