using Microsoft.ML;
using Road.MLNet.Data;

namespace Road.MLNet;

/// <summary>Semantic segmentation: a class for every pixel of an image. Reach it as <c>ml.SemanticSegmentation</c>.</summary>
public sealed class SemanticSegmentationCatalog
{
    internal SemanticSegmentationCatalog(MLContext context)
    {
        ImageColumn.Register();
        Context = context;
        Trainers = new SemanticSegmentationTrainers(context);
    }

    /// <summary>The trainers of semantic segmentation.</summary>
    public SemanticSegmentationTrainers Trainers { get; }

    /// <summary>The context that the catalog belongs to.</summary>
    internal MLContext Context { get; }
}
