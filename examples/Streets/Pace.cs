using System.Globalization;

namespace Streets;

/// <summary>How far a command has come with its images, how fast it is, and how long it still takes.</summary>
/// <param name="Done">The images done.</param>
/// <param name="Total">All images; null where that is not known.</param>
/// <param name="Elapsed">The time that those done took.</param>
internal readonly record struct Pace(int Done, int? Total, TimeSpan Elapsed)
{
    private double Rate => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0;

    /// <summary>The count and the rate, such as <c>12 of 90, 3.2 a second</c>.</summary>
    public string Describe()
    {
        string of = Total is { } total ? string.Create(CultureInfo.InvariantCulture, $" of {total}") : string.Empty;
        string rate = Rate switch
        {
            0 => string.Empty,
            >= 1 => string.Create(CultureInfo.InvariantCulture, $", {Rate:0.0} a second"),
            _ => string.Create(CultureInfo.InvariantCulture, $", {1 / Rate:0.0} seconds each"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Done}{of}{rate}");
    }

    /// <summary>The time left at this rate, such as <c>, 1:05 left</c>; empty where it cannot be known.</summary>
    public string DescribeRest()
    {
        if (Total is not { } total || Done == 0 || Done >= total)
        {
            return string.Empty;
        }

        TimeSpan left = TimeSpan.FromSeconds(Math.Ceiling(Elapsed.TotalSeconds / Done * (total - Done)));
        return left.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $", {(int)left.TotalHours}:{left.Minutes:00}:{left.Seconds:00} left")
            : string.Create(CultureInfo.InvariantCulture, $", {left.Minutes}:{left.Seconds:00} left");
    }
}
