using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Road.MLNet;
using Road.Torch.Data;

namespace Experiments.Definition;

/// <summary>The images of a domain, and their labels where it has any: folders with a classes file, or a known data set.</summary>
internal sealed class DomainData
{
    private readonly string? _images;
    private readonly string? _labels;
    private readonly string? _classes;
    private readonly DataPreset? _preset;
    private readonly string? _root;
    private readonly string? _split;

    private DomainData(JsonPiece piece, bool isWeighted)
    {
        if (piece.OptionalText("preset") is { } name)
        {
            _preset = DataPresets.Find(name) ?? throw piece.Unknown("preset", [.. DataPresets.Names]);
            _root = piece.Text("root");
            _split = _preset.HasSplits ? piece.Text("split") : null;
        }
        else
        {
            _images = piece.Text("images");
            _labels = piece.OptionalText("labels");
            _classes = _labels is null ? null : piece.Text("classes");
        }

        Size = ReadSize(piece);
        Weight = isWeighted ? ReadWeight(piece) : 1;
        piece.RefuseOthers();
    }

    /// <summary>How often crops of it are drawn where several sources are mixed.</summary>
    public double Weight { get; }

    /// <summary>The size that images are scaled to; null for their own.</summary>
    public ImageSize? Size { get; }

    /// <summary>Whether there are labels.</summary>
    public bool HasLabels => _preset is not null || _labels is not null;

    /// <summary>What decides the domain's content, for the settings of a run.</summary>
    public JsonObject Settings => _preset is null
        ? new() { ["images"] = _images, ["labels"] = _labels, ["classes"] = _classes, ["size"] = SizeText }
        : new() { ["preset"] = _preset.Name, ["root"] = _root, ["split"] = _split, ["size"] = SizeText };

    private string? SizeText => Size is { } size ? string.Create(CultureInfo.InvariantCulture, $"{size.Width}x{size.Height}") : null;

    public static DomainData Read(JsonPiece piece) => new(piece, isWeighted: false);

    /// <summary>Reads one of several sources, which may have a weight.</summary>
    public static DomainData ReadWeighted(JsonPiece piece) => new(piece, isWeighted: true);

    /// <summary>A domain as <see cref="Settings"/> gives it.</summary>
    public static DomainData FromSettings(JsonObject settings) => Read(JsonPiece.Of("settings", new JsonObject(
        settings.Where(static pair => pair.Value is not null).Select(
            static pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())))));

    /// <summary>The files: the columns <c>ImagePath</c> and, with labels, <c>LabelPath</c>.</summary>
    public IDataView Load(MLContext ml, string dataRoot) => _preset is null
        ? ml.Data.LoadSegmentationFolder(Path.Combine(dataRoot, _images!), _labels is null ? null : Path.Combine(dataRoot, _labels))
        : _preset.Load(ml, Path.Combine(dataRoot, _root!), _split ?? "");

    /// <summary>The files and folders that the domain is read from.</summary>
    public IEnumerable<string> Paths(string dataRoot) =>
        new[] { _images, _labels, _classes, _root }.OfType<string>().Select(path => Path.Combine(dataRoot, path));

    /// <summary>What the labels' pixels mean.</summary>
    public LabelEncoding ReadEncoding(string dataRoot) => _preset?.Encoding
        ?? LabelEncoding.FromJsonFile(
            Path.Combine(dataRoot, _classes ?? throw new InvalidOperationException($"'{_images}' has no labels.")));

    private static double ReadWeight(JsonPiece piece)
    {
        const string Name = "weight";
        return piece.Find(Name) is not { } value ? 1
            : value.ValueKind == JsonValueKind.Number && value.GetDouble() is > 0 and <= 1_000_000 and double weight ? weight
            : throw piece.Wrong(Name, "a number greater than 0 and at most 1000000");
    }

    private static ImageSize? ReadSize(JsonPiece piece)
    {
        if (piece.OptionalText("size") is not { } text)
        {
            return null;
        }

        string[] sides = text.Split('x');
        return sides.Length == 2
            && NumberText.TryReadDigits(sides[0], out int width) && width > 0
            && NumberText.TryReadDigits(sides[1], out int height) && height > 0
                ? new ImageSize(width, height)
                : throw piece.Wrong("size", "width and height in pixels, such as \"256x192\"");
    }
}
