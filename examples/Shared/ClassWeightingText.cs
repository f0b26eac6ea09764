using Road.Files;
using Road.Torch.Training;

namespace Road.Examples;

/// <summary>
/// How users write the weights of classes: <c>none</c>, <c>frequency</c> or <c>effective-number</c>, the last two with their number behind
/// a colon where it is not the usual one.
/// </summary>
internal static class ClassWeightingText
{
    /// <summary>What there is, for help and errors.</summary>
    public const string Allowed = "none, frequency[:POWER] or effective-number[:BETA]";

    private const string None = "none";
    private const string Frequency = "frequency";
    private const string EffectiveNumber = "effective-number";

    /// <summary>Reads a weighting.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="weighting">The weighting; null for none.</param>
    /// <param name="error">What is wrong with it; empty where nothing is.</param>
    public static bool TryRead(string text, out ClassWeighting? weighting, out string error)
    {
        string[] parts = text.Split(':', 2);
        weighting = null;
        error = string.Empty;
        double? number = null;
        if (parts.Length == 2 && parts[0] is Frequency or EffectiveNumber)
        {
            if (!NumberText.TryRead(parts[1], out double read, out error))
            {
                return false;
            }

            number = read;
        }

        try
        {
            weighting = (parts[0], parts.Length == 2) switch
            {
                (None, false) => null,
                (Frequency, _) => number is { } power ? new FrequencyWeights { Power = power } : new FrequencyWeights(),
                (EffectiveNumber, _) => number is { } beta ? new EffectiveNumberWeights { Beta = beta } : new EffectiveNumberWeights(),
                _ => throw new ArgumentException(
                    $"'{text}' must be {Allowed}{NearestName.Ask(parts[0], [None, Frequency, EffectiveNumber])}"),
            };
        }
        catch (ArgumentException refused)
        {
            error = refused.Message;
            return false;
        }

        return true;
    }

    /// <summary>Writes a weighting as it is read, its other settings being the usual ones; null for one of another kind.</summary>
    public static string? Write(ClassWeighting? weighting) => weighting switch
    {
        null => None,
        FrequencyWeights frequency => FormattableString.Invariant($"{Frequency}:{frequency.Power}"),
        EffectiveNumberWeights effective => FormattableString.Invariant($"{EffectiveNumber}:{effective.Beta}"),
        _ => null,
    };
}
