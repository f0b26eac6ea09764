using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Road.MLNet.Data;

/// <summary>Loads images by ImageSharp; there is nothing to fit. See <see cref="ImageSharpLoadingTransformer"/>.</summary>
public sealed class ImageSharpLoadingEstimator : IEstimator<ImageSharpLoadingTransformer>
{
    private readonly IHost _host;
    private readonly ImageSharpLoadingTransformer _transformer;

    internal ImageSharpLoadingEstimator(IHostEnvironment environment, ImageSharpLoadingTransformer transformer)
    {
        _host = environment.Register(nameof(ImageSharpLoadingEstimator));
        _transformer = transformer;
    }

    /// <summary>Checks the schema and gives the transformer; no row is read.</summary>
    /// <param name="input">A view with the path column.</param>
    /// <returns>The transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The path column is missing or holds no text.</exception>
    public ImageSharpLoadingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <summary>Adds the column of images to a schema's shape.</summary>
    /// <param name="inputSchema">A shape with the path column.</param>
    /// <returns>The shape with the column.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The path column is missing or holds no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return PathColumn.Extend(_host, inputSchema, _transformer.InputColumnName, _transformer.CreateOutputColumns());
    }
}
