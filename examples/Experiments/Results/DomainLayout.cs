using System.Globalization;

namespace Experiments.Results;

/// <summary>What lies where in both domains: the share of each class in each region of the images.</summary>
/// <param name="Rows">The rows of regions.</param>
/// <param name="Columns">The columns of regions.</param>
/// <param name="Classes">The classes' names.</param>
/// <param name="Source">By region, row by row: the share of each class among the labelled pixels, 0 to 1.</param>
/// <param name="Target">The same of the target domain.</param>
internal sealed record DomainLayout(
    int Rows,
    int Columns,
    IReadOnlyList<string> Classes,
    IReadOnlyList<IReadOnlyList<double>> Source,
    IReadOnlyList<IReadOnlyList<double>> Target)
{
    /// <summary>What a region is called.</summary>
    public string RegionName(int region) =>
        string.Create(CultureInfo.InvariantCulture, $"row {(region / Columns) + 1}, column {(region % Columns) + 1}");

    /// <summary>
    /// How far the domains are apart in a region: half the sum of the shares' differences, 0 for the same mix of classes and
    /// 1 for no class in common.
    /// </summary>
    public double Apart(int region) => 0.5 * Source[region].Zip(Target[region], static (source, target) => Math.Abs(source - target)).Sum();
}
