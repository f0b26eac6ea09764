using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.Torch.Data;
using Road.Torch.Scoring;

namespace Streets;

/// <summary>A model file made by <c>train</c>.</summary>
internal sealed class StreetsModel : IDisposable
{
    private readonly MLContext _ml;
    private readonly ITransformer _transformer;
    private PredictionEngine<Picture, Keys>? _engine;

    private StreetsModel(MLContext ml, ITransformer transformer)
    {
        (_ml, _transformer) = (ml, transformer);
    }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file holds no model that can be loaded.</exception>
    public static StreetsModel Load(MLContext ml, string file)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no model file '{file}'.", file);
        }

        return new StreetsModel(ml, ml.Model.LoadVerified(file, out _));
    }

    /// <summary>The classes that the model tells apart.</summary>
    /// <exception cref="InvalidDataException">The file holds a pipeline without such a model.</exception>
    public IReadOnlyList<string> ClassNames => Segmentation.ClassNames;

    /// <summary>The classes' colours.</summary>
    /// <exception cref="InvalidDataException">The file holds a pipeline without such a model.</exception>
    public IReadOnlyList<RgbColor> ClassColors => Segmentation.ClassColors;

    /// <summary>Whether photos are turned as their metadata says.</summary>
    /// <exception cref="InvalidDataException">The file holds a pipeline without such a model.</exception>
    public ImageOrientation Orientation => Segmentation.ImageOrientation;

    private RoadTransformer Segmentation =>
        (_transformer as IEnumerable<ITransformer> ?? [_transformer]).OfType<RoadTransformer>().FirstOrDefault()
        ?? throw new InvalidDataException("The model file holds no segmentation model.");

    /// <summary>Says how images are scored.</summary>
    /// <param name="change">Gives the options, from those that the model was saved with.</param>
    public void ChangeScoring(Func<ScoringOptions, ScoringOptions> change) => Segmentation.Scoring = change(Segmentation.Scoring);

    /// <summary>Says how images are read.</summary>
    public void Read(ImageReading reading)
    {
        Segmentation.MaxPixels = reading.MaxPixels;
        Segmentation.ImageOrientation = reading.Orientation ?? Segmentation.ImageOrientation;
    }

    /// <summary>How images are read and scored, as text that tells it from every other way with the same weights.</summary>
    public string DescribeReading()
    {
        ScoringOptions scoring = Segmentation.Scoring;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Segmentation.ImageOrientation}, tiles {scoring.TileSize ?? 0} and {scoring.TileMargin}, scales "
            + $"{string.Join(' ', scoring.Scales.Select(static scale => scale.ToString(CultureInfo.InvariantCulture)))}, "
            + $"mirror {scoring.Mirror}, {scoring.Precision}");
    }

    /// <summary>Adds a column of confidences to the views that are scored from now on.</summary>
    public void AddConfidence(string column) => Segmentation.ConfidenceColumnName = column;

    /// <summary>Scores a view with the column <c>TargetImagePath</c>.</summary>
    public IDataView Score(IDataView data) => _transformer.Transform(data);

    /// <summary>Scores a picture.</summary>
    /// <param name="image">The picture, which the caller disposes.</param>
    /// <returns>Its keys, row-major: class + 1.</returns>
    public byte[] Segment(MLImage image)
    {
        _engine ??= _ml.Model.CreatePredictionEngine<Picture, Keys>(
            Segmentation,
            new PredictionEngineOptions { OwnsTransformer = false, InputSchemaDefinition = Columns(Segmentation.ImageColumnName) });
        return _engine.Predict(new Picture { Image = image }).PredictedLabel;
    }

    /// <summary>Writes the network as an ONNX model.</summary>
    public void SaveAsOnnx(MLContext ml, string file, ImageSize? size) => ml.Model.SaveAsOnnx(_transformer, file, size);

    public void Dispose()
    {
        _engine?.Dispose();
        (_transformer as IDisposable)?.Dispose();
    }

    private static SchemaDefinition Columns(string image)
    {
        SchemaDefinition columns = SchemaDefinition.Create(typeof(Picture));
        columns[nameof(Picture.Image)].ColumnName = image;
        return columns;
    }

    private sealed class Picture
    {
        public MLImage? Image { get; set; }
    }

    private sealed class Keys
    {
        public byte[] PredictedLabel { get; set; } = [];
    }
}
