using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Road.MLNet;

/// <summary>The trainers of semantic segmentation. Reach them as <c>ml.SemanticSegmentation.Trainers</c>.</summary>
public sealed class SemanticSegmentationTrainers
{
    internal SemanticSegmentationTrainers(MLContext context)
    {
        Context = context;
    }

    /// <summary>The context that the trainers belong to.</summary>
    internal MLContext Context { get; }

    /// <summary>The context as ML.NET's components see it.</summary>
    internal IHostEnvironment Env => Context;
}
