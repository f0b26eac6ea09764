using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary>A model file made by <c>train</c>.</summary>
internal sealed class StreetsModel : IDisposable
{
    private readonly MLContext ml;
    private readonly ITransformer transformer;

    private StreetsModel(MLContext ml, ITransformer transformer)
    {
        this.ml = ml;
        this.transformer = transformer;
    }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file holds no model that can be loaded.</exception>
    public static StreetsModel Load(MLContext ml, string file)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no model file '{file}'.", file);
        }

        try
        {
            return new StreetsModel(ml, ml.Model.Load(file, out _));
        }
        catch (Exception error)
        {
            // ML.NET wraps what a transformer says while loading in general words; the cause lies at the bottom.
            throw new InvalidDataException($"The model file '{file}' cannot be loaded, damaged or no model of ML.NET: {error.GetBaseException().Message}", error);
        }
    }

    /// <summary>Scores a view with the column <c>ImagePath</c>.</summary>
    public IDataView Score(IDataView data) =>
        transformer.Transform(ml.Transforms.CopyColumns("TargetImagePath", "ImagePath").Fit(data).Transform(data));

    /// <summary>Writes the network as an ONNX model.</summary>
    public void SaveAsOnnx(string file) => ml.Model.SaveAsOnnx(transformer, file);

    public void Dispose() => (transformer as IDisposable)?.Dispose();
}
