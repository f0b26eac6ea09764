using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Experiments.Reports;

/// <summary>Sentences and facts that both forms of a report share.</summary>
internal static class ReportText
{
    public const string Score =
        "Numbers are intersection over union in per cent, mean ± standard deviation over the seeds, after the last iteration unless a "
        + "column says otherwise; the best in bold. "
        + "The best iteration is chosen with labels of the target domain, which a user would not have. "
        + "The gap goes from no adaptation to the same network trained on the target's own labels; the share of it that is closed is "
        + "taken seed by seed.";

    public const string Details =
        "After the last iteration, in per cent, mean ± standard deviation over the seeds. The mIoU of an image is over the classes in its "
        + "label or its prediction; its mean, deviation and quantiles are over the images. Boundary mIoU looks at a band of 2 % of "
        + "the diagonal along outlines (Cheng et al., 2021). The calibration error is the mean distance between confidence and accuracy "
        + "(Guo et al., 2017); with more confidence than accuracy a model believes itself too much.";

    public const string NoDetails = "These runs are of before single images, outlines and confidence were measured.";

    public const string Spread =
        "The mIoU of each image, all seeds together: a line from 5 to 95 per cent of the images, a box of the middle half, a stroke at the "
        + "median and a point at the mean.";

    public const string Reliability =
        "Labelled pixels by the confidence of their prediction, all seeds together: how many of each bin are right, and how far that is "
        + "from what the model believes. Bars below the diagonal are of too much confidence. The strip below says where the pixels are.";

    public const string Expectations =
        "From the paper, held against the means after the last iteration. Spread is the root of the summed squares of both standard "
        + "deviations.";

    public const string Findings = "Where the numbers are not the paper's, and what was tried to learn why.";

    public const string Confusion =
        "Rows are the truth, columns the prediction, each row in per cent of its pixels, all seeds together, after the last iteration.";

    /// <summary>What was run, in one sentence.</summary>
    public static string Lead(ReportData data)
    {
        int[] seeds = [.. data.Runs.Select(static run => run.Seed).Distinct().Order()];
        string numbers = string.Join(", ", seeds.Select(static seed => seed.ToString(CultureInfo.InvariantCulture)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{data.First.Data}, {data.First.Network}: {data.Runs.Count} {(data.Runs.Count == 1 ? "run" : "runs")}, "
            + $"{(seeds.Length == 1 ? "seed" : "seeds")} {numbers}.");
    }

    /// <summary>The rows without all their runs, in one sentence; null where none is missing.</summary>
    public static string? Missing(ReportData data) => data.Missing.Count == 0
        ? null
        : $"Not run yet: "
            + $"{string.Join(", ", data.Missing.Select(static row => $"{row.Name} ({(row.Seeds.Count == 1 ? "seed" : "seeds")} "
                + $"{string.Join(", ", row.Seeds)})"))}.";

    /// <summary>Machines, times and the settings that all runs share.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(ReportData data)
    {
        foreach (var machine in data.Runs.Select(static run => run.Machine).Distinct())
        {
            yield return ("machine", HtmlText.Format($"{machine.Processor}, {machine.Cores} cores, {machine.Device}, {machine.System}"));
        }

        yield return ("training time of a run", HtmlText.Format(
            $"{data.Runs.Min(static run => run.Seconds) / 60:0.0} to {data.Runs.Max(static run => run.Seconds) / 60:0.0} minutes"));
        yield return ("training time of all runs", HtmlText.Format($"{data.Runs.Sum(static run => run.Seconds) / 3600:0.0} hours"));
        foreach ((string name, JsonNode? value) in data.First.Settings)
        {
            if (name is "seed" or "method" || value is null)
            {
                continue;
            }

            bool isShared = data.Runs.All(run => JsonNode.DeepEquals(run.Settings[name], value));
            yield return (name, isShared ? Text(value) : "differs: see each run's file");
        }
    }

    private static string Text(JsonNode value) => value switch
    {
        JsonObject item =>
            string.Join(", ", item.Where(static pair => pair.Value is not null).Select(static pair => $"{pair.Key} {Text(pair.Value!)}")),
        JsonArray list => string.Join(", ", list.Select(static entry => Text(entry!))),
        _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => value.ToJsonString(),
    };
}
