using System.Text.Json;
using System.Text.Json.Nodes;
using Road.Torch.Networks;
using Road.Torch.Weights;

namespace Experiments.Definition;

/// <summary>The network of an experiment and its pretrained weights.</summary>
/// <param name="Title">What reports call it.</param>
/// <param name="Factory">What creates it.</param>
/// <param name="Weights">
/// A weights file in the data root, <c>imagenet</c> for the published ones, or <c>mlnet-resnet18</c> for those of ML.NET's package.
/// </param>
/// <param name="Settings">What decides the network, for the settings of a run.</param>
internal sealed record NetworkPiece(string Title, SegmentationNetworkFactory Factory, string Weights, JsonObject Settings)
{
    // The weights that are no file in the data root.
    private static readonly Dictionary<string, BackboneWeights> KnownWeights = new(StringComparer.Ordinal)
    {
        ["imagenet"] = BackboneWeights.ImageNet,
        ["mlnet-resnet18"] = BackboneWeights.DnnImageFeaturizer,
    };

    public static NetworkPiece Read(JsonPiece piece)
    {
        SegmentationNetworkFactory factory;
        string name = piece.Text("network");
        try
        {
            factory = SegmentationNetworks.Get(name);
        }
        catch (ArgumentException)
        {
            throw piece.Unknown("network", [.. SegmentationNetworks.Names]);
        }

        JsonObject settings = new() { ["network"] = name, ["weights"] = piece.Text("weights") };
        if (piece.OptionalList("dilations") is { } dilations)
        {
            factory = SetDilations(piece, factory, dilations);
            settings["dilations"] = new JsonArray([.. dilations.Select(static value => JsonNode.Parse(value.GetRawText()))]);
        }

        if (piece.Find("outputStride") is { } stride)
        {
            factory = SetOutputStride(piece, factory, stride);
            settings["outputStride"] = JsonNode.Parse(stride.GetRawText());
        }

        NetworkPiece network = new(piece.Text("title"), factory, piece.Text("weights"), settings);
        piece.RefuseOthers();
        return network;
    }

    /// <summary>The weights to start from.</summary>
    public BackboneWeights OpenWeights(string dataRoot) =>
        FindWeights(dataRoot) is { } file ? BackboneWeights.FromFile(file) : KnownWeights[Weights];

    /// <summary>The file in the data root of the weights to start from; null for those that are elsewhere.</summary>
    public string? FindWeights(string dataRoot) => KnownWeights.ContainsKey(Weights) ? null : Path.Combine(dataRoot, Weights);

    private static BackboneNetworkFactory SetOutputStride(JsonPiece piece, SegmentationNetworkFactory factory, JsonElement stride)
    {
        if (factory is not BackboneNetworkFactory network)
        {
            throw piece.Wrong("outputStride", $"left out: {factory.Name} has one that is fixed");
        }

        try
        {
            network.OutputStride = stride.GetInt32();
            return network;
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw piece.Wrong("outputStride", "a whole number");
        }
        catch (ArgumentException error)
        {
            throw piece.Wrong("outputStride", error);
        }
    }

    private static DeepLabV2Factory SetDilations(JsonPiece piece, SegmentationNetworkFactory factory, IReadOnlyList<JsonElement> dilations)
    {
        if (factory is not DeepLabV2Factory deepLab)
        {
            throw piece.Wrong("dilations", $"left out: {factory.Name} has none");
        }

        try
        {
            deepLab.Dilations = [.. dilations.Select(static value => value.GetInt32())];
            return deepLab;
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw piece.Wrong("dilations", "a list of whole numbers");
        }
        catch (ArgumentException error)
        {
            throw piece.Wrong("dilations", error);
        }
    }
}
