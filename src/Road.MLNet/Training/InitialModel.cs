using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Road.MLNet.Scoring;
using Road.Torch.Networks;
using Road.Torch.Weights;

namespace Road.MLNet;

/// <summary>
/// A trained model that a training goes on from: a saved one, by its path, or one in memory. Both convert to it.
/// </summary>
public sealed class InitialModel
{
    private readonly string? _path;
    private readonly RoadTransformer? _model;

    private InitialModel(string? path, RoadTransformer? model)
    {
        _path = path;
        _model = model;
    }

    /// <summary>Names the file of a saved model; it is opened when <c>Fit</c> runs.</summary>
    /// <param name="path">The path; null, for no model, stays null.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator InitialModel?(string? path) => path is null ? null : FromFile(path);

    /// <summary>Takes a model in memory, which stays the caller's and is read when <c>Fit</c> runs.</summary>
    /// <param name="model">The model; null, for no model, stays null.</param>
    [return: NotNullIfNotNull(nameof(model))]
    public static implicit operator InitialModel?(RoadTransformer? model) => model is null ? null : FromModel(model);

    /// <summary>Names the file of a saved model; it is opened when <c>Fit</c> runs.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The model to go on from.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static InitialModel FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new InitialModel(path, null);
    }

    /// <summary>Takes a model in memory, which stays the caller's and is read when <c>Fit</c> runs.</summary>
    /// <param name="model">The model, such as <c>chain.GetRoadTransformer()</c>.</param>
    /// <returns>The model to go on from.</returns>
    public static InitialModel FromModel(RoadTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new InitialModel(null, model);
    }

    /// <summary>The file's path, or what the model is.</summary>
    public override string ToString() => _path is null ? "a model in memory" : $"'{_path}'";

    /// <summary>Fills a network with the model's weights.</summary>
    /// <param name="network">The network, on the CPU.</param>
    /// <param name="factory">What made it.</param>
    /// <param name="classNames">Its classes.</param>
    /// <returns>The input that the weights expect.</returns>
    /// <exception cref="InvalidOperationException">The model is of another network or other classes; the message has both.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or no model; the message names it.</exception>
    /// <exception cref="IOException">The file is missing, or cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    internal InputNormalization LoadInto(SegmentationNetwork network, SegmentationNetworkFactory factory, string[] classNames)
    {
        // In a context of its own a model is loaded to the CPU, where networks are made.
        using RoadTransformer? loaded = _path is null ? null : new MLContext().Model.LoadSegmentation(_path);
        RoadTransformer model = loaded ?? _model!;
        RoadModel content = model.Content;
        (string own, string wanted) = (Describe(content.Factory), Describe(factory));
        if (own != wanted)
        {
            throw new InvalidOperationException(
                $"The initial model, {this}, is a network {own}, and the training's {nameof(RoadTrainerOptions.Network)} is {wanted}; both "
                + "must be the same.");
        }

        if (!content.ClassNames.SequenceEqual(classNames, StringComparer.Ordinal))
        {
            throw new InvalidOperationException(
                $"The initial model, {this}, has the classes {string.Join(", ", content.ClassNames)}, and the source labels "
                + $"{string.Join(", ", classNames)}; they must be the same, in the same order.");
        }

        model.ReadNetwork(trained => network.load_state_dict(trained.state_dict()));
        return content.Normalization;
    }

    private static string Describe(SegmentationNetworkFactory factory) => $"{factory.Name} ({NetworkFactoryJson.Describe(factory)})";
}
