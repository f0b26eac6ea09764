using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Road.MLNet;
using Road.Torch.Data;

namespace Experiments.Definition;

/// <summary>The images of a domain, and their labels where it has any: folders with a classes file, or a known data set.</summary>
internal sealed class DomainData
{
    private readonly string? images;
    private readonly string? labels;
    private readonly string? classes;
    private readonly DataPreset? preset;
    private readonly string? root;
    private readonly string? split;

    private DomainData(JsonPiece piece)
    {
        if (piece.OptionalText("preset") is { } name)
        {
            preset = DataPresets.Find(name) ?? throw piece.Unknown("preset", [.. DataPresets.Names]);
            root = piece.Text("root");
            split = preset.HasSplits ? piece.Text("split") : null;
        }
        else
        {
            images = piece.Text("images");
            labels = piece.OptionalText("labels");
            classes = labels is null ? null : piece.Text("classes");
        }

        Size = ReadSize(piece);
        piece.RefuseOthers();
    }

    /// <summary>The size that images are scaled to; null for their own.</summary>
    public ImageSize? Size { get; }

    /// <summary>Whether there are labels.</summary>
    public bool HasLabels => preset is not null || labels is not null;

    /// <summary>What decides the domain's content, for the settings of a run.</summary>
    public JsonObject Settings => preset is null
        ? new() { ["images"] = images, ["labels"] = labels, ["classes"] = classes, ["size"] = SizeText }
        : new() { ["preset"] = preset.Name, ["root"] = root, ["split"] = split, ["size"] = SizeText };

    private string? SizeText => Size is { } size ? string.Create(CultureInfo.InvariantCulture, $"{size.Width}x{size.Height}") : null;

    public static DomainData Read(JsonPiece piece) => new(piece);

    /// <summary>A domain as <see cref="Settings"/> gives it.</summary>
    public static DomainData FromSettings(JsonObject settings) => new(JsonPiece.Of("settings", new JsonObject(
        settings.Where(static pair => pair.Value is not null).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())))));

    /// <summary>The files: the columns <c>ImagePath</c> and, with labels, <c>LabelPath</c>.</summary>
    public IDataView Load(MLContext ml, string dataRoot) => preset is null
        ? ml.Data.LoadSegmentationFolder(Path.Combine(dataRoot, images!), labels is null ? null : Path.Combine(dataRoot, labels))
        : preset.Load(ml, Path.Combine(dataRoot, root!), split ?? "");

    /// <summary>The files and folders that the domain is read from.</summary>
    public IEnumerable<string> Paths(string dataRoot) =>
        new[] { images, labels, classes, root }.OfType<string>().Select(path => Path.Combine(dataRoot, path));

    /// <summary>What the labels' pixels mean.</summary>
    public LabelEncoding ReadEncoding(string dataRoot) => preset?.Encoding
        ?? LabelEncoding.FromJsonFile(Path.Combine(dataRoot, classes ?? throw new InvalidOperationException($"'{images}' has no labels.")));

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
