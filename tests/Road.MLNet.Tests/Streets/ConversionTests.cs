using SkiaSharp;
using Streets.Convert;

namespace Road.MLNet.Tests.Streets;

/// <summary>Masks of what labelling tools export, each in a small file of its own form.</summary>
[TestClass]
public sealed class ConversionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void LabelmeDrawsItsShapesInTheirOrder()
    {
        WriteImage("images/a.jpg", 6, 4);
        string mask = System.Convert.ToBase64String(Picture(2, 2, 0xFFFFFF, 0, 0, 0xFFFFFF));
        _folder.Write(
            "images/a.json",
            $$$"""
            {"version": "5.5.0", "flags": {}, "imagePath": "..\\images\\a.jpg", "imageData": null, "imageHeight": 4,
             "imageWidth": 6, "shapes": [
              {"label": "road", "points": [[0, 2], [6, 2], [6, 4], [0, 4]], "group_id": null, "shape_type": "polygon", "flags": {}},
              {"label": "car", "points": [[1, 1], [3, 3]], "group_id": null, "shape_type": "rectangle", "flags": {}},
              {"label": "car", "points": [[4, 0], [5, 1]], "group_id": null, "shape_type": "mask", "flags": {}, "mask": "{{{mask}}}"},
              {"label": "road", "points": [[0, 0], [6, 4]], "group_id": null, "shape_type": "line", "flags": {}}]}
            """);

        Conversion conversion = Convert("images");

        AssertMask(
            conversion, "a",
            "....c.",
            ".cc..c",
            "rccrrr",
            "rrrrrr");
        Assert.AreEqual("labelme", conversion.Format);
        CollectionAssert.Contains(conversion.Report().Warnings.ToArray(), "Left out: 1 line shapes");
    }

    [TestMethod]
    public void CocoHasPolygonsAndRunsInNumbersAndInText()
    {
        WriteImage("images/a.jpg", 4, 3);
        WriteImage("images/b.jpg", 4, 3);
        _folder.Write(
            "instances.json",
            """
            {"images": [{"id": 7, "file_name": "a.jpg", "width": 4, "height": 3}, {"id": 8, "file_name": "b.jpg", "width": 4, "height": 3}],
             "categories": [{"id": 3, "name": "car"}, {"id": 1, "name": "road"}],
             "annotations": [
              {"id": 1, "image_id": 7, "category_id": 1, "iscrowd": 0,
               "segmentation": [[0, 2, 4, 2, 4, 3, 0, 3], [0, 0, 1, 0, 1, 1, 0, 1]]},
              {"id": 2, "image_id": 7, "category_id": 3, "iscrowd": 1, "segmentation": {"size": [3, 4], "counts": [4, 2, 6]}},
              {"id": 3, "image_id": 8, "category_id": 3, "iscrowd": 1, "segmentation": {"size": [3, 4], "counts": "422O1"}},
              {"id": 4, "image_id": 8, "category_id": 1, "segmentation": [], "bbox": [0, 0, 1, 3]}]}
            """);

        Conversion conversion = Convert("instances.json");

        AssertMask(
            conversion, "a",
            "r...",
            ".c..",
            "rcrr");

        // Four outside, two inside, two outside, one inside (1 less than the run before the last), three (1 more) outside.
        AssertMask(
            conversion, "b",
            "....",
            ".c..",
            ".cc.");
        CollectionAssert.Contains(conversion.Report().Warnings.ToArray(), "Left out: 1 annotations without an outline");
        StringAssert.Contains(conversion.ClassesJson(), """{"name":"road","ids":[0]}""");

        AssertMask(
            Convert("instances.json", takesBoxes: true), "b",
            "r...",
            "rc..",
            "rcc.");
    }

    [TestMethod]
    public void CvatDrawsByItsLevelsAndHasColours()
    {
        WriteImage("images/day/a.jpg", 4, 3);
        _folder.Write(
            "annotations.xml",
            """
            <?xml version="1.0" encoding="utf-8"?>
            <annotations><version>1.1</version><meta><task><id>1</id><labels>
              <label><name>road</name><color>#804080</color><type>any</type><attributes></attributes></label>
              <label><name>car</name><color>#00008e</color><type>any</type><attributes></attributes></label>
            </labels></task></meta>
            <image id="0" name="day/a.jpg" width="4" height="3">
              <mask label="car" source="manual" occluded="0" rle="1, 2, 1" left="1" top="1" width="2" height="2" z_order="1"></mask>
              <polygon label="road" source="manual" occluded="0" points="0.00,1.00;4.00,1.00;4.00,3.00;0.00,3.00" z_order="0"></polygon>
              <box label="car" source="manual" occluded="0" xtl="0" ytl="0" xbr="1" ybr="1" z_order="0"></box>
            </image></annotations>
            """);

        Conversion conversion = Convert("annotations.xml");

        AssertMask(
            conversion, "day/a",
            "....",
            "rrcr",
            "rcrr");
        string classes = conversion.ClassesJson();
        StringAssert.Contains(classes, """{"name":"road","color":[128,64,128],"ids":[0]}""");
        StringAssert.Contains(classes, """{"name":"car","color":[0,0,142],"ids":[1]}""");
        string file = _folder.Write("classes.json", classes);
        CollectionAssert.AreEqual(new[] { "road", "car" }, LabelEncoding.FromJsonFile(file).ClassNames.ToArray());
    }

    [TestMethod]
    public void LabelStudioHasBrushesAndPolygonsInPercent()
    {
        WriteImage("images/a b.jpg", 4, 2);

        // A run of four zeros, the four values of one pixel that is covered, and zeros to the end of 32 values.
        byte[] brush = Packed(
            (32, 32), (7, 5), (2, 4), (2, 4), (2, 4), (4, 4),
            (1, 1), (0, 2), (3, 3), (0, 8),
            (0, 1), (1, 2), (3, 3), (255, 8), (255, 8), (255, 8), (255, 8),
            (1, 1), (3, 2), (23, 5), (0, 8));
        _folder.Write(
            "export.json",
            $$$"""
            [{"id": 5, "data": {"image": "/data/upload/1/0badcafe-a%20b.jpg"}, "predictions": [], "annotations": [
              {"id": 1, "was_cancelled": true, "result": []},
              {"id": 2, "was_cancelled": false, "result": [
                {"type": "polygonlabels", "original_width": 4, "original_height": 2, "image_rotation": 0, "to_name": "image",
                 "value": {"points": [[0, 50], [100, 50], [100, 100], [0, 100]], "closed": true, "polygonlabels": ["road"]}},
                {"type": "brushlabels", "original_width": 4, "original_height": 2, "image_rotation": 0, "to_name": "image",
                 "value": {"format": "rle", "rle": [{{{string.Join(", ", brush)}}}], "brushlabels": ["car"]}},
                {"type": "choices", "from_name": "c", "to_name": "image", "value": {"choices": ["good"]}}]}]}]
            """);

        AssertMask(
            Convert("export.json"), "a b",
            ".c..",
            "rrrr");
    }

    [TestMethod]
    public void VocIsReadByItsColours()
    {
        WriteImage("images/a.jpg", 2, 2);
        string export = Directory.CreateDirectory(_folder.Combine("voc/SegmentationClass")).FullName;
        File.WriteAllBytes(Path.Combine(export, "a.png"), Picture(2, 2, 0, 0x00008E, 0x804080, 0xE0E0C0));
        _folder.Write(
            "voc/labelmap.txt", "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncar:0,0,142::\nroad:128,64,128::\n");

        AssertMask(
            Convert("voc"), "a",
            "bc",
            "r.");
        AssertMask(
            Convert("voc", background: "ignore"), "a",
            ".c",
            "r.");

        // Without names, the colours are of VOC's classes.
        File.Delete(_folder.Combine("voc/labelmap.txt"));
        File.WriteAllBytes(Path.Combine(export, "a.png"), Picture(2, 2, 0x808080, 0xC08080, 0, 0x800000));
        StringAssert.Contains(Convert("voc").ClassesJson(), """{"name":"tvmonitor","color":[0,64,128],"ids":[20]}""");
        CollectionAssert.IsSubsetOf(
            new[] { "car", "person", "aeroplane" }, Draw(Convert("voc")).Single().Value.Names.Distinct().ToArray());
    }

    [TestMethod]
    public void WhatFitsNothingIsNamed()
    {
        WriteImage("images/a.jpg", 4, 3);
        WriteImage("images/x/b.jpg", 4, 3);
        WriteImage("images/y/b.jpg", 4, 3);
        Coco("a.jpg", 4, 3, "[[0, 0, 4, 0, 4, 3]]");
        Conversion some = Convert("coco.json", classes: ["car", "bus"]);
        Draw(some);
        CollectionAssert.Contains(some.Report().Warnings.ToArray(), "Labels that are no class are ignored: 'road' (1)");
        AssertMask(
            Convert("coco.json", background: "else"), "a",
            "errr",
            "eerr",
            "eeer");

        Coco("a.jpg", 3, 4, "[]");
        Fails("labels of 'a.jpg' are of 3 x 4 pixels", "has 4 x 3.", "labelled on its side");
        Coco("b.jpg", 4, 3, "[]");
        Fails("'x/b.jpg' or 'y/b.jpg'");
        Coco("c.jpg", 4, 3, "[]");
        Fails("None of the 1 images", "'c.jpg'");
        Coco("a.jpg", 4, 3, "[[0, 0, 4]]");
        Fails("coco.json', annotation 0: a polygon has 3 numbers");
        Coco("a.jpg", 4, 3, """{"size": [3, 4], "counts": [5, 8]}""");
        Fails("coco.json', annotation 0: the runs of a mask are 13 pixels, and its 4 x 3 are 12.");
        Coco("a.jpg", 4, 3, "[]", """{"id": 1, "name": "road"}""");
        Fails("There is one class, 'road'", "--background NAME");
        _folder.Write("coco.json", """{"classes": []}""");
        Fails("is none of the formats known");

        void Coco(
            string image, int width, int height, string segmentation,
            string categories = """{"id": 1, "name": "road"}, {"id": 2, "name": "tram"}""") => _folder.Write(
            "coco.json",
            $$"""
            {"images": [{"id": 1, "file_name": "{{image}}", "width": {{width}}, "height": {{height}}}],
             "categories": [{{categories}}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": {{segmentation}}, "bbox": [0, 0, 1, 1]}]}
            """);

        void Fails(params string[] parts)
        {
            string message = Assert.ThrowsExactly<InvalidDataException>(() => Draw(Convert("coco.json", takesBoxes: true))).Message;
            foreach (string part in parts)
            {
                StringAssert.Contains(message.Replace('\\', '/'), part, StringComparison.Ordinal);
            }
        }
    }

    private Conversion Convert(
        string annotations, string? background = null, bool takesBoxes = false, IReadOnlyList<string>? classes = null) =>
        new(new ConvertRequest(_folder.Combine(annotations), _folder.Combine("images"), _folder.Combine("out"))
        {
            Background = background,
            TakesBoxes = takesBoxes,
            Classes = classes,
        });

    /// <summary>The masks by their place below the output, each with the names of its classes, pixel by pixel.</summary>
    private Dictionary<string, (int Width, string[] Names)> Draw(Conversion conversion)
    {
        Dictionary<string, (int, string[])> masks = [];
        List<(string Place, byte[] Values, int Width)> drawn = [];
        conversion.Draw(
            (file, values, width, _) => drawn.Add((Path.GetRelativePath(_folder.Combine("out"), file).Replace('\\', '/'), values, width)),
            CancellationToken.None);
        string[] names = [.. LabelEncoding.FromJsonFile(_folder.Write("names.json", conversion.ClassesJson())).ClassNames];
        foreach ((string place, byte[] values, int width) in drawn)
        {
            masks.Add(place, (width, [.. values.Select(value => value == 255 ? "." : names[value])]));
        }

        return masks;
    }

    /// <summary>Holds a mask against the first letters of its classes; a point is what is ignored.</summary>
    private void AssertMask(Conversion conversion, string name, params string[] rows)
    {
        (int width, string[] names) = Draw(conversion)[$"labels/{name}.png"];
        string[] drawn = [.. names.Chunk(width).Select(static row => string.Concat(row.Select(static label => label[0])))];
        CollectionAssert.AreEqual(rows, drawn, string.Join('\n', drawn));
    }

    private void WriteImage(string name, int width, int height)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(name))!);
        File.WriteAllBytes(_folder.Combine(name), Picture(width, height, new int[width * height]));
    }

    private static byte[] Picture(int width, int height, params int[] colors)
    {
        using SKBitmap bitmap = new(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        bitmap.Pixels = [.. colors.Select(static color => new SKColor((uint)color | 0xFF000000))];
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>Numbers of so many bits each, one after the other.</summary>
    private static byte[] Packed(params (int Value, int Bits)[] numbers)
    {
        string bits = string.Concat(numbers.Select(static number => System.Convert.ToString(number.Value, 2).PadLeft(number.Bits, '0')));
        return [.. bits.PadRight((bits.Length + 7) / 8 * 8, '0').Chunk(8)
            .Select(static octet => System.Convert.ToByte(new string(octet), 2))];
    }
}
