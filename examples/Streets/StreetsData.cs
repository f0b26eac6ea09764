using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary>Images, with label masks or without: a published set, or the user's folders.</summary>
internal abstract class StreetsData
{
    /// <summary>Lists the files: the text column <c>ImagePath</c> and, with masks, <c>LabelPath</c>.</summary>
    public abstract IDataView Load(MLContext ml);

    /// <summary>Lists the files, which must have masks.</summary>
    public abstract IDataView LoadLabelled(MLContext ml);

    /// <summary>How the masks are read to train a model on them.</summary>
    public abstract LabelEncoding Encoding();

    /// <summary>How the masks are read to score a model of some classes by them.</summary>
    public abstract LabelEncoding EncodingFor(IReadOnlyList<string> modelClasses);

    /// <summary>The classes to report, where those that a model has are finer than the masks tell apart.</summary>
    public virtual SemanticSegmentationMetrics Summarize(SemanticSegmentationMetrics metrics) => metrics;
}
