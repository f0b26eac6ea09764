using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet;

/// <summary>
/// The whole chain from paths to a model: images and label masks are loaded for the training, and the model that comes out needs the
/// target images' paths alone. Reach it as <c>ml.SemanticSegmentation.Pipeline</c>.
/// </summary>
/// <remarks>
/// It is what <c>LoadImages</c>, <c>LoadLabelMasks</c> and <see cref="RoadTrainer"/> make together where the steps of the source are there
/// for the training only; a chain that leaves that out asks for the source's columns when it scores. The columns are those of
/// <see cref="SegmentationDataCatalog.PairDomains"/>: <c>SourceImagePath</c>, <c>SourceLabelPath</c>, <c>TargetImagePath</c> and, where
/// <see cref="RoadTrainerOptions.TargetLabelColumnName"/> is set, <c>TargetLabelPath</c>.
/// </remarks>
public sealed class SegmentationPipeline : IEstimator<ITransformer>
{
    private readonly MLContext _context;
    private readonly LabelEncoding _labels;
    private readonly RoadTrainerOptions _options;

    internal SegmentationPipeline(MLContext context, LabelEncoding labels, RoadTrainerOptions options)
    {
        _context = context;
        _labels = labels;
        _options = options;
    }

    /// <summary>Trains on both domains in one view, as <see cref="SegmentationDataCatalog.PairDomains"/> makes it.</summary>
    /// <param name="input">A view of paths.</param>
    /// <returns>
    /// A model that reads images at the paths in <c>TargetImagePath</c>; <see cref="RoadTransformerExtensions.GetRoadTransformer"/> has its
    /// network, which scores images by themselves.
    /// </returns>
    /// <inheritdoc cref="RoadTrainer.Fit(IDataView, IDataView)" path="/exception"/>
    public ITransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Chain().Fit(input).GetModelFor(TransformerScope.Scoring);
    }

    /// <summary>Trains on a view of each domain, as loaders of folders and published sets make them.</summary>
    /// <param name="source">A view with the text columns <c>ImagePath</c> and <c>LabelPath</c>.</param>
    /// <param name="target">
    /// A view with the text column <c>ImagePath</c>, and <c>LabelPath</c> where <see cref="RoadTrainerOptions.TargetLabelColumnName"/> is
    /// set.
    /// </param>
    /// <returns>As <see cref="Fit(IDataView)"/> gives it.</returns>
    /// <exception cref="ArgumentException">A view has no rows, or lacks one of the columns, or it holds something else.</exception>
    /// <inheritdoc cref="RoadTrainer.Fit(IDataView, IDataView)" path="/exception"/>
    public ITransformer Fit(IDataView source, IDataView target) =>
        Fit(_context.Data.PairDomains(source, target, withTargetLabels: _options.TargetLabelColumnName is not null));

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Chain().GetOutputSchema(inputSchema);

    private EstimatorChain<RoadTransformer> Chain()
    {
        EstimatorChain<ITransformer> chain = new EstimatorChain<ITransformer>()
            .Append<ITransformer>(_context.Transforms.LoadImages(_options.TargetImageColumnName, null, "TargetImagePath"))
            .Append<ITransformer>(
                _context.Transforms.LoadImages(_options.SourceImageColumnName, null, "SourceImagePath"), TransformerScope.Training)
            .Append<ITransformer>(
                _context.Transforms.LoadLabelMasks(_options.SourceLabelColumnName, null, "SourceLabelPath", _labels),
                TransformerScope.Training);
        if (_options.TargetLabelColumnName is { } name)
        {
            chain = chain.Append<ITransformer>(
                _context.Transforms.LoadLabelMasks(name, null, "TargetLabelPath", _labels, allowsMissing: true), TransformerScope.Training);
        }

        return chain.Append(_context.SemanticSegmentation.Trainers.Road(_options));
    }
}
