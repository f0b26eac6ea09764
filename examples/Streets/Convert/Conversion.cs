using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkiaSharp;

namespace Streets.Convert;

/// <summary>Makes masks of what a labelling tool has written: looks at everything first, and then writes.</summary>
internal sealed class Conversion
{
    /// <summary>The folder of masks in that of the output.</summary>
    public const string LabelFolder = "labels";

    /// <summary>The file of classes in the folder of the output.</summary>
    public const string ClassesFile = "classes.json";

    private const byte Ignored = 255;
    private const int MostClasses = 254;
    private const int NamesShown = 3;

    // A file for people to read and to change.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConvertRequest _request;
    private readonly Annotations _annotations;
    private readonly List<(AnnotatedImage Labels, string Image)> _work = [];
    private readonly OrderedDictionary<string, byte> _ids = [];
    private readonly long[] _pixels = new long[256];
    private readonly SortedDictionary<string, int> _unknown = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, int> _shapes = [];
    private readonly List<string> _withoutImage = [];
    private int _empty;

    /// <summary>Reads the labels and finds the images.</summary>
    /// <exception cref="InvalidDataException">Something does not fit; the message names file and image.</exception>
    public Conversion(ConvertRequest request)
    {
        _request = request;
        IAnnotationReader reader = request.Reader ?? AnnotationReaders.Recognize(request.Annotations);
        _annotations = reader.Read(request.Annotations, request.TakesBoxes);
        if (_annotations.Images.Count == 0)
        {
            throw new InvalidDataException($"'{request.Annotations}' has labels of no image ({reader.Description}).");
        }

        NameClasses();
        ImageFinder finder = new(request.Images);
        foreach (AnnotatedImage labels in _annotations.Images)
        {
            if (finder.Find(labels.Name) is { } image)
            {
                _work.Add((labels, image));
            }
            else
            {
                _withoutImage.Add(labels.Name);
            }
        }

        if (_work.Count == 0)
        {
            throw new InvalidDataException(
                $"None of the {_annotations.Images.Count} images that '{request.Annotations}' has labels of, such as "
                + $"'{_annotations.Images[0].Name}', is in '{request.Images}'.");
        }

        Format = reader.Format;
    }

    /// <summary>The name of the labels' format.</summary>
    public string Format { get; }

    /// <summary>The images that masks are made of, by their path in their folder.</summary>
    public IEnumerable<string> Images => _work.Select(static pair => pair.Image);

    /// <summary>How many masks there will be at most.</summary>
    public int Count => _work.Count;

    /// <summary>The file of an image's mask.</summary>
    public string MaskFile(string image) => Path.Combine(_request.Output, LabelFolder, Path.ChangeExtension(image, ".png"));

    /// <summary>Draws each mask and hands it over, and then the file of classes.</summary>
    /// <param name="write">Takes a mask's file, its values, row-major, and its width and height.</param>

    /// <param name="cancellation">Ends the work between two masks.</param>
    /// <exception cref="InvalidDataException">A mask does not fit its image; the message names both.</exception>
    public void Draw(Action<string, byte[], int, int> write, CancellationToken cancellation)
    {
        foreach ((AnnotatedImage labels, string image) in _work)
        {
            cancellation.ThrowIfCancellationRequested();
            byte start = labels.IgnoresRest ? Ignored : Background();
            if (labels.Shapes.Count == 0 && start == Ignored)
            {
                _empty++;
                continue;
            }

            (int width, int height) = Size(image, labels);
            using MaskCanvas canvas = new(width, height, start);
            foreach ((int index, AnnotatedShape shape) in labels.Shapes.Index())
            {
                byte id = Id(shape.Label);
                AnnotationJson.Guard($"'{_request.Annotations}', image '{labels.Name}', shape {index} ('{shape.Label}')", () =>
                {
                    shape.Area.Draw(canvas, id);
                    return true;
                });
            }

            byte[] values = canvas.ToArray();
            foreach (byte value in values)
            {
                _pixels[value]++;
            }

            write(MaskFile(image), values, width, height);
        }
    }

    /// <summary>The file of classes, as training takes it.</summary>
    public string ClassesJson()
    {
        JsonArray classes = [];
        foreach ((string name, byte id) in _ids)
        {
            JsonObject entry = new() { ["name"] = name };
            if (_annotations.Labels.TryGetValue(name, out int? color) && color is { } rgb)
            {
                entry["color"] = new JsonArray(rgb >> 16, (rgb >> 8) & 0xFF, rgb & 0xFF);
            }

            entry["ids"] = new JsonArray(id);
            classes.Add(entry);
        }

        IEnumerable<string> lines = classes.Select(entry => "  " + entry!.ToJsonString(Readable));
        return "{\"classes\": [\n" + string.Join(",\n", lines) + "\n]}\n";
    }

    /// <summary>What was found, line by line: classes with their shares, then warnings.</summary>
    public (IReadOnlyList<string> Lines, IReadOnlyList<string> Warnings) Report()
    {
        double all = Math.Max(1, _pixels.Sum());
        List<string> lines = [];
        int wide = _ids.Keys.Max(static name => name.Length);
        foreach ((string name, byte id) in _ids)
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"  {id,3} {name.PadRight(wide)} {100 * _pixels[id] / all,6:0.00} %  {_shapes.GetValueOrDefault(name),6} shapes"));
        }

        string rest = "ignored".PadRight(wide);
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {Ignored,3} {rest} {100 * _pixels[Ignored] / all,6:0.00} %"));
        List<string> warnings = [];
        if (_unknown.Count > 0)
        {
            IEnumerable<string> names = _unknown.Select(static pair => $"'{pair.Key}' ({pair.Value})");
            warnings.Add($"Labels that are no class are ignored: {string.Join(", ", names)}");
        }

        if (_annotations.LeftOut.Count > 0)
        {
            warnings.Add($"Left out: {string.Join(", ", _annotations.LeftOut.Select(static pair => $"{pair.Value} {pair.Key}"))}");
        }

        if (_withoutImage.Count > 0)
        {
            warnings.Add(
                $"Left out the labels of {_withoutImage.Count} images that are not in '{_request.Images}': "
                + $"{string.Join(", ", _withoutImage.Take(NamesShown))}{(_withoutImage.Count > NamesShown ? ", ..." : string.Empty)}");
        }

        if (_empty > 0)
        {
            warnings.Add(
                $"Wrote no mask of {_empty} images without a shape; with --background NAME they are all of that class");
        }

        return (lines, warnings);
    }

    private void NameClasses()
    {
        string? background = _request.Background ?? _annotations.Background;
        IEnumerable<string> names = _request.Classes ?? [
            .. _annotations.Labels.Keys,
            .. _annotations.Images.SelectMany(static image => image.Shapes).Select(static shape => shape.Label).Distinct()
                .Order(StringComparer.Ordinal)];
        if (background is not (null or ConvertRequest.Ignore) && _request.Classes is null)
        {
            names = names.Prepend(background);
        }

        foreach (string name in names)
        {
            if (_request.Background == ConvertRequest.Ignore && name == _annotations.Background)
            {
                continue;
            }

            if (_ids.Count == MostClasses && !_ids.ContainsKey(name))
            {
                throw new InvalidDataException($"There are more than {MostClasses} labels. Name those that are classes with --classes.");
            }

            _ids.TryAdd(name, (byte)_ids.Count);
        }

        if (_request.Classes is not null && background is not (null or ConvertRequest.Ignore) && !_ids.ContainsKey(background)
            && _request.Background is not null)
        {
            throw new InvalidDataException($"The background '{background}' is none of the classes {string.Join(", ", _ids.Keys)}.");
        }

        if (_ids.Count < 2)
        {
            throw new InvalidDataException(
                _ids.Count == 0
                    ? $"'{_request.Annotations}' has no label."
                    : $"There is one class, '{_ids.GetAt(0).Key}', and models tell two or more apart. Give --background NAME to make a "
                        + "class of the rest.");
        }
    }

    private byte Background() => _request.Background is { } name and not ConvertRequest.Ignore ? _ids[name] : Ignored;

    private byte Id(string label)
    {
        if (_ids.TryGetValue(label, out byte id))
        {
            _shapes[label] = _shapes.GetValueOrDefault(label) + 1;
            return id;
        }

        if (label != _annotations.Background)
        {
            _unknown[label] = _unknown.GetValueOrDefault(label) + 1;
        }

        return Ignored;
    }

    /// <summary>The size of an image as viewers show it, which is what labelling tools draw on.</summary>
    private (int Width, int Height) Size(string image, AnnotatedImage labels)
    {
        string file = Path.Combine(_request.Images, image);
        using SKCodec codec = SKCodec.Create(file) ?? throw new InvalidDataException($"The image file '{file}' is no image.");
        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        if (codec.EncodedOrigin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom
            or SKEncodedOrigin.LeftBottom)
        {
            (width, height) = (height, width);
        }

        if ((long)width * height > _request.MaxPixels)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The image '{file}' is {width} x {height}, more pixels than the limit of {_request.MaxPixels}."));
        }

        if (labels.Width > 0 && labels.Height > 0 && (labels.Width, labels.Height) != (width, height))
        {
            string turned = (labels.Height, labels.Width) == (width, height)
                ? " It was labelled on its side: turn it as its metadata says, or take that out of it"
                : string.Empty;
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The labels of '{labels.Name}' are of {labels.Width} x {labels.Height} pixels, and the image '{file}' has {width} x "
                + $"{height}.{turned}"));
        }

        return (width, height);
    }
}
