using System.Text.RegularExpressions;
using Road.MLNet;
using Road.Torch.Training;

namespace Streets;

/// <summary>Says what the library says of its options' properties in the words of the command line.</summary>
internal static partial class OptionNames
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        [nameof(RoadTrainerOptions.BackboneWeights)] = "--backbone-weights",
        [nameof(RoadTrainerOptions.BadSamples)] = "--bad-images",
        [nameof(RoadTrainerOptions.BatchSize)] = "--batch",
        [nameof(RoadTrainerOptions.CheckpointDirectory)] = "--checkpoint",
        [nameof(RoadTrainerOptions.CheckpointInterval)] = "--checkpoint-interval",
        [nameof(RoadTrainerOptions.CropScale)] = "--crop-scale",
        [nameof(RoadTrainerOptions.CropSize)] = "--crop",
        [nameof(RoadTrainerOptions.DistillationWeight)] = "--distillation-weight",
        [nameof(RoadTrainerOptions.ImageFit)] = "--image-fit",
        [nameof(RoadTrainerOptions.ImageOrientation)] = "--orientation",
        [nameof(RoadTrainerOptions.InitialModel)] = "--from",
        [nameof(RoadTrainerOptions.Iterations)] = "--iterations",
        [nameof(RoadTrainerOptions.LearningRate)] = "--learning-rate",
        [nameof(RoadTrainerOptions.MaxPixels)] = "--max-pixels",
        [nameof(RoadTrainerOptions.SourceImageSize)] = "--source-size",
        [nameof(RoadTrainerOptions.SpatialWeight)] = "--spatial-weight",
        [nameof(RoadTrainerOptions.TargetImageSize)] = "--target-size",
        [nameof(RoadTrainerOptions.TargetLabelCrops)] = "--target-label-crops",
        [nameof(RoadTrainerOptions.TargetLabelWeight)] = "--target-label-weight",
        [nameof(CropOptions.BlurSigma)] = "--blur",
        [nameof(CropOptions.GrayShare)] = "--gray",
        [nameof(CropOptions.HueJitter)] = "--hue-jitter",
        [nameof(CropOptions.TargetScale)] = "--target-crop-scale",
        [nameof(SegmentationLossOptions.ClassWeights)] = "--class-weights",
        [nameof(SegmentationLossOptions.DiceWeight)] = "--dice",
        [nameof(SegmentationLossOptions.FocalGamma)] = "--focal",
        [nameof(SegmentationLossOptions.HardPixelThreshold)] = "--hard-pixels",
        [nameof(SegmentationLossOptions.LabelSmoothing)] = "--label-smoothing",
    };

    /// <summary>A message with the options as they are typed in the place of the properties that it names.</summary>
    public static string InWords(string message) =>
        Word().Replace(message, static word => Names.GetValueOrDefault(word.Groups[1].Value, word.Value));

    // With the group that an option is in; neither a part of a path or a file's name, nor a member of something else.
    [GeneratedRegex(@"(?<![\w./\\'-])(?:(?:Crops|Losses|Rates|Checkpoints)\.)?([A-Z]\w+)(?![\w/\\'-])(?!\.\w)")]
    private static partial Regex Word();
}
