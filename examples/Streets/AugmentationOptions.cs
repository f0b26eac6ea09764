using System.CommandLine;
using System.CommandLine.Parsing;
using Road.Torch.Data;
using Road.Torch.Training;

namespace Streets;

/// <summary>The options of how training crops are changed.</summary>
internal sealed class AugmentationOptions
{
    private const string Logarithmic = ",log";

    private readonly Option<ScaleRange?> _scale =
        Scale("--crop-scale", "The range of the scale that images get before they are cropped.");

    private readonly Option<ScaleRange?> _targetScale =
        Scale("--target-crop-scale", "The same for target images, where theirs is another.");

    private readonly Option<double?> _jitter = NumberOption.CreateAbsent<double>(
        "--color-jitter",
        "How far brightness, contrast and saturation of crops vary, 0 to 1.",
        "X",
        static value => _ = new TrainingOptions { BrightnessJitter = value });

    private readonly Option<double?> _hue = NumberOption.CreateAbsent<double>(
        "--hue-jitter",
        "How far the hue of crops varies, in turns of its circle, 0 to 0.5; 0 for not at all.",
        "X",
        static value => _ = new CropOptions { HueJitter = value });

    private readonly Option<double?> _blur = NumberOption.CreateAbsent<double>(
        "--blur",
        "The largest sigma, in pixels, of the Gaussian that half of the crops are blurred with; 0 for none.",
        "SIGMA",
        static value => _ = new TrainingOptions { BlurSigma = value });

    private readonly Option<double?> _gray = NumberOption.CreateAbsent<double>(
        "--gray",
        "The share of crops that lose their colours, 0 to 1.",
        "X",
        static value => _ = new CropOptions { GrayShare = value });

    /// <summary>Adds the options to a command.</summary>
    public AugmentationOptions(Command command)
    {
        foreach (Option option in (Option[])[_scale, _targetScale, _jitter, _hue, _gray, _blur])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Sets what was given; the rest stays as the recipe has it.</summary>
    public void Apply(ParseResult result, CropOptions crops)
    {
        crops.Scale = result.GetValue(_scale) ?? crops.Scale;
        crops.TargetScale = result.GetValue(_targetScale) ?? crops.TargetScale;
        if (result.GetValue(_jitter) is { } jitter)
        {
            crops.BrightnessJitter = crops.ContrastJitter = crops.SaturationJitter = jitter;
        }

        crops.HueJitter = result.GetValue(_hue) ?? crops.HueJitter;
        crops.GrayShare = result.GetValue(_gray) ?? crops.GrayShare;
        crops.BlurSigma = result.GetValue(_blur) ?? crops.BlurSigma;
    }

    private static Option<ScaleRange?> Scale(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "MIN-MAX[,log]",
        CustomParser = argument => ParseRange(name, argument),
    };

    private static ScaleRange? ParseRange(string name, ArgumentResult argument)
    {
        string text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
        bool isLogarithmic = text.EndsWith(Logarithmic, StringComparison.Ordinal);
        string[] ends = (isLogarithmic ? text[..^Logarithmic.Length] : text).Split('-');
        if (ends.Length != 2)
        {
            argument.AddError(
                $"{name}: '{text}' must be two numbers with a hyphen between them, such as 0.5-2, or 0.5-2{Logarithmic} where "
                + "halving is to be as likely as doubling.");
            return null;
        }

        List<double> numbers = [];
        foreach (string end in ends)
        {
            if (!NumberText.TryRead(end, out double number, out string error))
            {
                argument.AddError($"{name}: {error}");
                return null;
            }

            numbers.Add(number);
        }

        ScaleRange range = new(numbers[0], numbers[1]) { IsLogUniform = isLogarithmic };
        try
        {
            _ = new CropOptions { Scale = range };
        }
        catch (ArgumentOutOfRangeException outside)
        {
            argument.AddError(OptionWords.Of(name, outside));
        }

        return range;
    }
}
