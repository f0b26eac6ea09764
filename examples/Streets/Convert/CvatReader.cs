using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using SkiaSharp;

namespace Streets.Convert;

/// <summary>CVAT's file for images, 1.1: polygons, masks as runs along the rows, ellipses, and boxes where they are asked for.</summary>
internal sealed class CvatReader : IAnnotationReader
{
    public string Format => "cvat";

    public string Description => "CVAT for images 1.1, annotations.xml";

    public bool Recognizes(string path) => FindFile(path) is { } file && Root(file).Elements("image").Any();

    public Annotations Read(string path, bool takesBoxes)
    {
        string file = FindFile(path) ?? throw new InvalidDataException($"There is no annotations.xml in '{path}'.");
        XElement root = Root(file);
        if (root.Elements("track").Any())
        {
            throw new InvalidDataException($"'{file}' is CVAT for video; export the task as CVAT for images.");
        }

        Annotations result = new();
        foreach (XElement label in root.Elements("meta").Descendants("label").Where(static label => label.Element("name") is not null))
        {
            result.Labels.TryAdd(label.Element("name")!.Value, Color(label.Element("color")?.Value));
        }

        foreach (XElement image in root.Elements("image"))
        {
            string name = image.Attribute("name")?.Value ?? throw new InvalidDataException($"'{file}' has an image without a name.");
            result.Images.Add(AnnotationJson.Guard($"'{file}', image '{name}'", () => new AnnotatedImage(
                name, (int?)image.Attribute("width") ?? 0, (int?)image.Attribute("height") ?? 0, Shapes(image, takesBoxes, result))));
        }

        return result;
    }

    private static string? FindFile(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "annotations.xml") : path;
        return File.Exists(file) && Path.GetExtension(file).Equals(".xml", StringComparison.OrdinalIgnoreCase) ? file : null;
    }

    private static XElement Root(string file)
    {
        try
        {
            using XmlReader reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XElement.Load(reader);
        }
        catch (XmlException error)
        {
            throw new InvalidDataException($"'{file}' is no XML: {error.Message}", error);
        }
    }

    private static int? Color(string? text) => text is ['#', .. { Length: 6 } digits]
        && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int color) ? color : null;

    private static AnnotatedShape[] Shapes(XElement image, bool takesBoxes, Annotations result)
    {
        List<(int Order, AnnotatedShape Shape)> shapes = [];
        foreach (XElement element in image.Elements())
        {
            IArea? area = element.Name.LocalName switch
            {
                "polygon" => new PolygonArea([Points(element)]),
                "mask" => PixelArea.FromRuns(
                    (int)Number(element, "left"),
                    (int)Number(element, "top"),
                    (int)Number(element, "width"),
                    (int)Number(element, "height"),
                    [.. element.Attribute("rle")!.Value.Split(',').Select(static run => long.Parse(run, CultureInfo.InvariantCulture))],
                    goesDown: false),
                "ellipse" => Ellipse(element),
                "box" when takesBoxes => Box(element),
                _ => null,
            };
            if (area is not null)
            {
                shapes.Add(((int?)element.Attribute("z_order") ?? 0, new AnnotatedShape(element.Attribute("label")!.Value, area)));
            }
            else
            {
                result.LeaveOut(element.Name.LocalName == "box" ? "boxes" : $"{element.Name.LocalName} elements");
            }
        }

        return [.. shapes.OrderBy(static shape => shape.Order).Select(static shape => shape.Shape)];
    }

    private static SKPoint[] Points(XElement element) => [.. element.Attribute("points")!.Value.Split(';').Select(static point =>
    {
        string[] sides = point.Split(',');
        return new SKPoint(float.Parse(sides[0], CultureInfo.InvariantCulture), float.Parse(sides[1], CultureInfo.InvariantCulture));
    })];

    private static EllipseArea Ellipse(XElement element)
    {
        (float x, float y, float rx, float ry) =
            (Number(element, "cx"), Number(element, "cy"), Number(element, "rx"), Number(element, "ry"));
        return new EllipseArea(new SKRect(x - rx, y - ry, x + rx, y + ry), Rotation(element));
    }

    private static PolygonArea Box(XElement element)
    {
        SKRect box = new(Number(element, "xtl"), Number(element, "ytl"), Number(element, "xbr"), Number(element, "ybr"));
        return PolygonArea.Box(box, Rotation(element), new SKPoint(box.MidX, box.MidY));
    }

    private static float Rotation(XElement element) => element.Attribute("rotation") is null ? 0 : Number(element, "rotation");

    private static float Number(XElement element, string name) =>
        float.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
