using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace WebDemo.Segmentation;

/// <summary>A model in memory. Safe to use from several threads at once; all share one network.</summary>
internal sealed class SegmentationModel : ISegmenter
{
    private readonly ITransformer _loaded;
    private readonly RoadTransformer _transformer;
    private readonly ThreadLocal<PredictionEngine<Row, Prediction>> _engines;

    /// <summary>Loads a model file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file holds no segmentation model that can be loaded.</exception>
    public SegmentationModel(MLContext ml, string file)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no model file '{file}'.", file);
        }

        _loaded = ml.Model.LoadVerified(file, out _);
        _transformer = (_loaded as IEnumerable<ITransformer> ?? [_loaded]).OfType<RoadTransformer>().FirstOrDefault()
            ?? throw new InvalidDataException($"The model file '{file}' holds no segmentation model.");
        _transformer.ConfidenceColumnName = "Confidence";
        ClassNames = _transformer.ClassNames;
        ClassColors = _transformer.ClassColors;
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Image)].ColumnName = _transformer.ImageColumnName;
        _engines = new(() => ml.Model.CreatePredictionEngine<Row, Prediction>(
            _transformer, new PredictionEngineOptions { InputSchemaDefinition = schema, OwnsTransformer = false }));
    }

    public IReadOnlyList<string> ClassNames { get; }

    public IReadOnlyList<RgbColor> ClassColors { get; }

    /// <summary>Runs the network.</summary>
    /// <exception cref="PictureException">The network cannot take the picture, which may be too small for it.</exception>
    public SegmentedPixels Segment(MLImage image)
    {
        Prediction prediction;
        try
        {
            prediction = _engines.Value!.Predict(new Row { Image = image });
        }
        catch (InvalidDataException cause)
        {
            throw new PictureException(
                PictureFault.Unusable, $"The network cannot take a picture of {image.Width} x {image.Height} pixels.", cause);
        }

        byte[] ids = new byte[image.Width * image.Height];
        byte[] confidences = new byte[ids.Length];
        ReadOnlySpan<byte> keys = prediction.PredictedLabel.GetValues();
        ReadOnlySpan<float> probabilities = prediction.Confidence.GetValues();
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = (byte)(keys[i] - 1);
            confidences[i] = (byte)MathF.Round(byte.MaxValue * probabilities[i]);
        }

        return new SegmentedPixels(image.Width, image.Height, ids, confidences);
    }

    public void Dispose()
    {
        _engines.Dispose();
        (_loaded as IDisposable)?.Dispose();
    }

    private sealed class Row
    {
        [Microsoft.ML.Transforms.Image.ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }

    private sealed class Prediction
    {
        [ColumnName("PredictedLabel")]
        public VBuffer<byte> PredictedLabel { get; set; }

        [ColumnName("Confidence")]
        public VBuffer<float> Confidence { get; set; }
    }
}
