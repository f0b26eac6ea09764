using System.Globalization;

namespace Experiments.Reports;

/// <summary>Something that the paper leads one to expect, held against the numbers.</summary>
/// <param name="Text">What is expected.</param>
/// <param name="IsMet">Whether the means show it.</param>
/// <param name="Evidence">The numbers.</param>
internal sealed record Expectation(string Text, bool IsMet, string Evidence)
{
    private static readonly (string Better, string Worse)[] Claims =
    [
        ("road", "distillation"),
        ("road", "spatial"),
        ("distillation", "none"),
        ("spatial", "none"),
        ("distillation", "source-distillation"),
        ("distillation", "frozen"),
        ("source-distillation", "none"),
        ("frozen", "none"),
        ("spatial-3x3", "spatial-1x1"),
        ("road", "fcns-in-the-wild"),
        ("road", "curriculum"),
        ("strong", "none"),
        ("strong-distillation", "strong"),
        ("strong-spatial", "strong"),
        ("strong-spatial", "strong-spatial-1x1"),
        ("strong-road", "strong"),
        ("self-training", "strong"),
        ("self-training", "self-training-threshold"),
        ("masked", "self-training"),
        ("road-self-training", "self-training"),
    ];

    /// <summary>Those of the paper's claims that the results have both rows of.</summary>
    public static IReadOnlyList<Expectation> CheckAll(ReportData data) =>
    [
        .. from claim in Claims
           let better = data.Find(claim.Better)
           let worse = data.Find(claim.Worse)
           where better is not null && worse is not null
           select Check(better, worse),
    ];

    private static Expectation Check(ReportRow better, ReportRow worse)
    {
        double difference = better.Last.Shown - worse.Last.Shown;
        string evidence = string.Create(CultureInfo.InvariantCulture, $"{better.Last} against {worse.Last}, {difference:+0.0;−0.0;0.0}");
        if (better.Last.Deviation is { } first && worse.Last.Deviation is { } second)
        {
            double spread = 100 * Math.Sqrt((first * first) + (second * second));
            evidence += Math.Abs(difference) > spread
                ? string.Create(CultureInfo.InvariantCulture, $"; more than the deviations of both together ({spread:0.0})")
                : string.Create(
                    CultureInfo.InvariantCulture, $"; within the deviations of both together ({spread:0.0}), so chance may have done it");
        }
        else
        {
            evidence += "; from one seed, so without a deviation";
        }

        return new Expectation($"{better.Title} above {Lower(worse.Title)}", difference > 0, evidence);
    }

    private static string Lower(string title) =>
        title.Length > 1 && char.IsUpper(title[0]) && char.IsLower(title[1]) ? char.ToLowerInvariant(title[0]) + title[1..] : title;
}
