using System.CommandLine;
using Road.Torch.Training;

namespace Streets;

/// <summary>The options of the supervised loss; what is not given stays as it is.</summary>
internal sealed class LossOptions
{
    private const string ClassWeightsName = "--class-weights";

    private readonly Option<string?> _classWeights = new(ClassWeightsName)
    {
        Description = "How much the pixels of rare classes weigh in the loss of the source, by a count of all its labels: "
            + ClassWeightingText.Allowed + "; none by default.",
        HelpName = "NAME[:X]",
    };

    private readonly Option<double?> _hardPixels = NumberOption.CreateAbsent<double>(
        "--hard-pixels",
        "Count only source pixels whose class has less than this probability, often 0.7, or the least probable sixteenth.",
        "X",
        static value => _ = new SegmentationLossOptions { HardPixelThreshold = value });

    private readonly Option<double?> _focal = NumberOption.CreateAbsent<double>(
        "--focal",
        "The exponent of the focal loss of the source, often 2.",
        "GAMMA",
        static value => _ = new SegmentationLossOptions { FocalGamma = value });

    private readonly Option<double?> _dice = NumberOption.CreateAbsent<double>(
        "--dice",
        "The weight of the soft Dice loss of the source, beside the cross-entropy.",
        "X",
        static value => _ = new SegmentationLossOptions { DiceWeight = value });

    private readonly Option<double?> _smoothing = NumberOption.CreateAbsent<double>(
        "--label-smoothing",
        "The part of each source label that is spread over all classes, often 0.1.",
        "X",
        static value => _ = new SegmentationLossOptions { LabelSmoothing = value });

    /// <summary>Adds the options to a command.</summary>
    public LossOptions(Command command)
    {
        foreach (Option option in (Option[])[_classWeights, _hardPixels, _focal, _dice, _smoothing])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(_classWeights) is { } text && !ClassWeightingText.TryRead(text, out _, out string error))
            {
                result.AddError($"{ClassWeightsName}: {error}");
            }
        });
    }

    /// <summary>Sets what was given.</summary>
    public void Apply(ParseResult result, SegmentationLossOptions losses)
    {
        if (result.GetValue(_classWeights) is { } text && ClassWeightingText.TryRead(text, out ClassWeighting? weighting, out _))
        {
            losses.ClassWeights = weighting;
        }

        losses.HardPixelThreshold = result.GetValue(_hardPixels) ?? losses.HardPixelThreshold;
        losses.FocalGamma = result.GetValue(_focal) ?? losses.FocalGamma;
        losses.DiceWeight = result.GetValue(_dice) ?? losses.DiceWeight;
        losses.LabelSmoothing = result.GetValue(_smoothing) ?? losses.LabelSmoothing;
    }
}
