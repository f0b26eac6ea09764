using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.Torch.Adaptation;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;

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

    /// <summary>
    /// Trains with ROAD: a segmentation network learns from labelled source images and adapts to unlabelled target images
    /// by target guided distillation and spatial-aware adaptation (Chen, Li and Van Gool, CVPR 2018).
    /// </summary>
    /// <param name="options">Everything that the training can be told; it is read when <c>Fit</c> runs.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public RoadTrainer Road(RoadTrainerOptions options) => new(Env, options);

    /// <inheritdoc cref="Road(RoadTrainerOptions)" path="/summary"/>
    /// <param name="sourceImageColumnName">The column of source images.</param>
    /// <param name="sourceLabelColumnName">The column of source labels.</param>
    /// <param name="targetImageColumnName">The column of target images, and of the images to score.</param>
    /// <param name="backboneWeights">
    /// The backbone's pretrained weights, a file path or <c>BackboneWeights.ImageNet</c>; null as
    /// <see cref="RoadTrainerOptions.BackboneWeights"/> says.
    /// </param>
    /// <param name="network">The network; null for DeepLab v2 on VGG-16.</param>
    /// <param name="distillationWeight"><see cref="RoadTrainingOptions.DistillationWeight"/>.</param>
    /// <param name="spatialWeight"><see cref="RoadTrainingOptions.SpatialWeight"/>.</param>
    /// <param name="iterations"><see cref="TrainingOptions.Iterations"/>.</param>
    /// <param name="learningRate"><see cref="TrainingOptions.LearningRate"/>.</param>
    /// <param name="cropSize"><see cref="TrainingOptions.CropSize"/>.</param>
    /// <param name="batchSize"><see cref="TrainingOptions.BatchSize"/>.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A column name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public RoadTrainer Road(
        string sourceImageColumnName = RoadTrainerOptions.DefaultSourceImageColumnName,
        string sourceLabelColumnName = RoadTrainerOptions.DefaultSourceLabelColumnName,
        string targetImageColumnName = RoadTrainerOptions.DefaultTargetImageColumnName,
        BackboneWeights? backboneWeights = null,
        SegmentationNetworkFactory? network = null,
        double distillationWeight = Distillation.DefaultWeight,
        double spatialWeight = SpatialAlignment.DefaultWeight,
        int iterations = TrainingOptions.DefaultIterations,
        double learningRate = LearningRateOptions.DefaultRate,
        int cropSize = CropOptions.DefaultSize,
        int batchSize = TrainingOptions.DefaultBatchSize) =>
        Road(new RoadTrainerOptions
        {
            SourceImageColumnName = sourceImageColumnName,
            SourceLabelColumnName = sourceLabelColumnName,
            TargetImageColumnName = targetImageColumnName,
            BackboneWeights = backboneWeights,
            Network = network ?? new DeepLabV2Factory(),
            DistillationWeight = distillationWeight,
            SpatialWeight = spatialWeight,
            Iterations = iterations,
            LearningRate = learningRate,
            CropSize = cropSize,
            BatchSize = batchSize,
        });
}
