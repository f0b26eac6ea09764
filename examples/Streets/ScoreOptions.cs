using System.CommandLine;
using System.CommandLine.Parsing;
using Road.Torch;
using Road.Torch.Scoring;

namespace Streets;

/// <summary>The options of how a model scores images; what is not given stays as the model was saved.</summary>
internal sealed class ScoreOptions
{
    private readonly Option<int?> _tile = NumberOption.CreateAbsent<int>(
        "--tile-size",
        "The side of the square tiles that the network takes large images in, which saves memory, in pixels.",
        check: static value => _ = new ScoringOptions { TileSize = value });

    private readonly Option<int?> _margin = NumberOption.CreateAbsent<int>(
        "--tile-margin",
        "The pixels around a tile that it is given on each side.",
        check: static value => _ = new ScoringOptions { TileMargin = value });

    private readonly Option<double[]?> _scales = new("--scales")
    {
        Description = "The scales at which an image is scored and averaged, such as 0.75,1,1.25; each costs time.",
        HelpName = "X,X,...",
        CustomParser = ParseScales,
    };

    private readonly Option<bool> _mirror = new("--mirror")
    { Description = "Scores images mirrored too, and averages, which takes twice as long." };

    private readonly Option<string?> _precision = CommandOptions.Absent<string>(
        "--precision",
        "The numbers that scoring computes with; bfloat16 is faster where the processor or the GPU has instructions for it.",
        "float32|bfloat16");

    private readonly Option<StreetsDevice?> _device = CommandOptions.Device();

    public ScoreOptions(Command command)
    {
        _precision.AcceptOnlyFromAmong("float32", "bfloat16");
        foreach (Option option in (Option[])[_device, _tile, _margin, _scales, _mirror, _precision])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What valid options say.</summary>
    public ScoreChoice Read(ParseResult result) => new(
        result.GetValue(_device),
        saved => new ScoringOptions
        {
            TileSize = result.GetValue(_tile) ?? saved.TileSize,
            TileMargin = result.GetValue(_margin) ?? saved.TileMargin,
            Scales = result.GetValue(_scales) is { Length: > 0 } scales ? scales : saved.Scales,
            Mirror = result.GetValue(_mirror) || saved.Mirror,
            Precision = result.GetValue(_precision) is { } name ? Enum.Parse<Precision>(name, ignoreCase: true) : saved.Precision,
        });

    private static double[]? ParseScales(ArgumentResult argument)
    {
        List<double> scales = [];
        foreach (string text in argument.Tokens.SelectMany(static token => token.Value.Split(',')))
        {
            if (!NumberText.TryRead(text, out double scale, out string error))
            {
                argument.AddError($"--scales: {error}");
                return null;
            }

            scales.Add(scale);
        }

        try
        {
            _ = new ScoringOptions { Scales = scales };
        }
        catch (ArgumentOutOfRangeException outside)
        {
            argument.AddError(OptionWords.Of("--scales", outside));
        }

        return [.. scales];
    }
}
