using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Onnx;
using Road.Torch.Scoring;

namespace Road.MLNet.Scoring;

/// <summary>A trained model on its device: what the data view, the row mapper and the transformer share.</summary>
internal sealed class RoadScorer : IDisposable
{
    private readonly SegmentationPredictor _predictor;
    private readonly ConcurrentBag<ReusedBytes> _buffers = [];
    private bool? _readsAhead;
    private volatile RoadColumns _columns;

    public RoadScorer(IHost host, RoadModel model, TorchSharp.torch.Device device)
    {
        Host = host;
        Model = model;
        Orientation = model.Orientation;
        _columns = model.Columns;
        _predictor = new SegmentationPredictor(model.Network, model.Normalization, device, model.Scoring);
    }

    /// <summary>The host that exceptions and messages come from.</summary>
    public IHost Host { get; }

    /// <summary>The model.</summary>
    public RoadModel Model { get; }

    /// <summary>The columns of views and rows that are made from now on.</summary>
    public RoadColumns Columns
    {
        get => _columns;
        set => _columns = value;
    }

    /// <summary>How images are scored from now on.</summary>
    public ScoringOptions Options
    {
        get => _predictor.Options;
        set => _predictor.Options = value;
    }

    /// <summary>
    /// Whether images are read beside the network, on other threads; unless it is set, where that takes no core from the network.
    /// </summary>
    public bool ReadsAhead
    {
        get => _readsAhead
            ?? (_predictor.Device.type != TorchSharp.DeviceType.CPU || TorchSharp.torch.get_num_threads() < Environment.ProcessorCount);
        set => _readsAhead = value;
    }

    /// <summary>The most pixels that a file that <c>LoadImages</c> reads may have.</summary>
    public int MaxPixels { get; set; } = PixelLimit.Default;

    /// <summary>Whether images are turned as their files' metadata says.</summary>
    public ImageOrientation Orientation { get; set; }

    /// <summary>Writes the model.</summary>
    public void Save(ModelSaveContext context) =>
        _predictor.ReadNetwork(network => RoadModelIO.Save(context, Model, Columns, _predictor.Options, Orientation, network));

    /// <summary>Hands out the network with its weights in float32, while nothing scores with it.</summary>
    public void ReadNetwork(Action<SegmentationNetwork> read) => _predictor.ReadNetwork(read);

    /// <summary>Writes the network as an ONNX model, in float32 whatever it scores in.</summary>
    public void SaveAsOnnx(string path, ImageSize? imageSize)
    {
        OnnxExportOptions options = new()
        {
            Normalization = Model.Normalization,
            NetworkSize = Model.NetworkSize,
            ImageFit = Model.ImageFit,
            ImageSize = imageSize,
            ClassNames = Model.ClassNames,
            Palette = Model.Palette,
        };
        _predictor.ReadNetwork(network => OnnxExporter.Save(network, path, options));
    }

    /// <summary>Copies an image out of a row.</summary>
    /// <param name="image">Reads the row's image.</param>
    /// <param name="buffer">What the copy lies in, until its next use; null for an array of its own.</param>
    /// <exception cref="InvalidOperationException">The row has no image; the message names row and column.</exception>
    /// <exception cref="InvalidDataException">The image cannot be decoded; the message names row and file.</exception>
    /// <exception cref="IOException">The image's file is missing or cannot be read; the message names row and file.</exception>
    public ScoredImage Read(RowImage image, ReusedBytes? buffer)
    {
        MLImage? read = image.Read(MaxPixels, Orientation);
        string row = image.Describe();
        return read is not null
            ? ScoredImage.Create(
                read, Model.NetworkSize, Model.ImageFit, size => $"Column '{Model.Columns.Image}' has an image of {size} in {row}", buffer)
            : throw Host.Except($"Column '{Model.Columns.Image}' has no image in {row}, counted from 0; every row must have one.");
    }

    /// <summary>Scores one image, with confidences. What its pixels are copied to serves again for the next.</summary>
    /// <param name="image">The image.</param>
    /// <param name="describe">How errors state that it has a size.</param>
    /// <exception cref="InvalidDataException">The network cannot take the image, which may be too small for it.</exception>
    public SegmentationPrediction Predict(MLImage image, Func<string, string> describe)
    {
        ReusedBytes buffer = _buffers.TryTake(out ReusedBytes? free) ? free : new ReusedBytes();
        try
        {
            ScoredImage scored = ScoredImage.Create(image, Model.NetworkSize, Model.ImageFit, describe, buffer);
            return Predict([scored], new ScoredValues(Probabilities: false, Confidences: true))[0];
        }
        finally
        {
            _buffers.Add(buffer);
        }
    }

    /// <summary>Runs the network.</summary>
    /// <param name="images">The images.</param>
    /// <param name="values">What is wanted beside the labels.</param>
    /// <exception cref="InvalidDataException">
    /// The network cannot take an image, which may be too small for it; the message names row and sizes.
    /// </exception>
    public IReadOnlyList<SegmentationPrediction> Predict(IReadOnlyList<ScoredImage> images, ScoredValues values)
    {
        try
        {
            return _predictor.Predict(
                [.. images.Select(image => image.Input)],
                [.. images.Select(image => image.Size)],
                values.Probabilities,
                values.Confidences);
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(nameof(RoadTransformer));
        }
        catch (System.Runtime.InteropServices.ExternalException cause) when (images.Count == 1 && !IsOutOfMemory(cause))
        {
            (DecodedSample input, ImageSize size, Func<string, string> describe) = images[0];
            ImageSize given = new(input.Width, input.Height);
            string scaled = given == size ? string.Empty : $", scaled to {given}";
            throw new InvalidDataException(
                $"{describe($"{size}{scaled}")}, which the network {Model.Factory.Name} cannot take: {FirstLine(cause)}",
                cause);
        }
    }

    private static bool IsOutOfMemory(Exception cause) => cause.Message.Contains("memory", StringComparison.OrdinalIgnoreCase);

    // libtorch adds the calls that led to an error.
    private static string FirstLine(Exception cause) => cause.Message.Split('\n')[0].Trim();

    /// <summary>Frees the network.</summary>
    public void Dispose() => _predictor.Dispose();
}
