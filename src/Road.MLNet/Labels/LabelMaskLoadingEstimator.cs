using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Road.MLNet.Data;

/// <summary>Loads label masks; there is nothing to fit. See <see cref="LabelMaskLoadingTransformer"/>.</summary>
public sealed class LabelMaskLoadingEstimator : IEstimator<LabelMaskLoadingTransformer>
{
    private readonly IHost _host;
    private readonly LabelMaskLoadingTransformer _transformer;

    internal LabelMaskLoadingEstimator(IHostEnvironment environment, LabelMaskLoadingTransformer transformer)
    {
        _host = environment.Register(nameof(LabelMaskLoadingEstimator));
        _transformer = transformer;
    }

    /// <summary>Checks the schema and gives the transformer; no row is read.</summary>
    /// <param name="input">A view with the path column.</param>
    /// <returns>The transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The path column is missing or holds no text.</exception>
    public LabelMaskLoadingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <summary>Adds the columns of masks and of their sizes to a schema's shape.</summary>
    /// <param name="inputSchema">A shape with the path column.</param>
    /// <returns>The shape with these columns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The path column is missing or holds no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return PathColumn.Extend(_host, inputSchema, _transformer.InputColumnName, _transformer.CreateOutputColumns());
    }
}
