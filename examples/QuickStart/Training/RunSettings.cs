using Road.MLNet;
using Road.Torch.Networks;

namespace QuickStart.Training;

/// <summary>The options that both trainings share: sizes and rates that suit small pictures and a few minutes.</summary>
internal static class RunSettings
{
    public const int TrainingScenes = 160;
    public const int TestScenes = 48;
    public const double DistillationWeight = 0.1;
    public const double SpatialWeight = 0.01;

    /// <summary>The options of one training.</summary>
    /// <param name="backboneWeights">The pretrained backbone.</param>
    /// <param name="iterations">The number of steps.</param>
    public static RoadTrainerOptions Create(string backboneWeights, int iterations) => new()
    {
        // The rates of the head reach as far on these small pictures as the usual 6 to 24 do on pictures of usual size.
        Network = new DeepLabV2Factory { BackboneName = "squeezenet1_1", Dilations = [1, 3, 6, 9] },
        BackboneWeights = backboneWeights,
        CropSize = 96,
        BatchSize = 4,
        Iterations = iterations,

        // In so short a training the backbone moves as far as it would in a long one only at a higher rate; the head
        // keeps the usual one.
        LearningRate = 1e-3,
        HeadLearningRateMultiplier = 3,
    };
}
