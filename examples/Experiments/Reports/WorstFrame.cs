using Experiments.Results;

namespace Experiments.Reports;

/// <summary>One of the images that the best row does worst on.</summary>
/// <param name="Image">The image, by the first seed.</param>
/// <param name="OtherSeeds">Its score by the other seeds, 0 to 1.</param>
internal sealed record WorstFrame(WorstImage Image, IReadOnlyList<double> OtherSeeds)
{
    /// <summary>The name of the file of its masks in the report, without extension.</summary>
    public string File => $"worst-{Image.Name}";
}
