using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary>The labels that some images of the target domain have.</summary>
/// <param name="Every">Of the labelled images, every n-th keeps its label; 1 for all.</param>
/// <param name="Encoding">How the masks are read.</param>
internal sealed record TargetLabels(int Every, Func<LabelEncoding> Encoding)
{
    /// <summary>Takes away the labels of the target's files that are not wanted.</summary>
    public IDataView Thin(MLContext ml, IDataView target) => Every == 1 ? target : ml.Data.ThinLabels(target, Every);
}
