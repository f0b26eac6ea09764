using Microsoft.ML;

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

    public static StreetsModel Load(MLContext ml, string file) =>
        File.Exists(file)
            ? new StreetsModel(ml, ml.Model.Load(file, out _))
            : throw new FileNotFoundException($"There is no model file '{file}'.", file);

    /// <summary>Scores a view with the column <c>ImagePath</c>.</summary>
    public IDataView Score(IDataView data) =>
        transformer.Transform(ml.Transforms.CopyColumns("TargetImagePath", "ImagePath").Fit(data).Transform(data));

    public void Dispose() => (transformer as IDisposable)?.Dispose();
}
