using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary>A model file made by <c>train</c>.</summary>
internal sealed class StreetsModel : IDisposable
{
    private readonly ITransformer _transformer;

    private StreetsModel(ITransformer transformer)
    {
        _transformer = transformer;
    }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file holds no model that can be loaded.</exception>
    public static StreetsModel Load(MLContext ml, string file)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no model file '{file}'.", file);
        }

        return new StreetsModel(ml.Model.LoadVerified(file, out _));
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

    /// <summary>Says how images are read.</summary>
    public void Read(ImageReading reading)
    {
        Segmentation.MaxPixels = reading.MaxPixels;
        Segmentation.ImageOrientation = reading.Orientation ?? Segmentation.ImageOrientation;
    }

    /// <summary>Adds a column of confidences to the views that are scored from now on.</summary>
    public void AddConfidence(string column) => Segmentation.ConfidenceColumnName = column;

    /// <summary>Scores a view with the column <c>TargetImagePath</c>.</summary>
    public IDataView Score(IDataView data) => _transformer.Transform(data);

    /// <summary>Writes the network as an ONNX model.</summary>
    public void SaveAsOnnx(MLContext ml, string file) => ml.Model.SaveAsOnnx(_transformer, file);

    public void Dispose() => (_transformer as IDisposable)?.Dispose();
}
