namespace QuickStart.Report;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Style">The style class of its colour.</param>
/// <param name="Points">Iteration and value of each point.</param>
internal sealed record ChartSeries(string Name, string Style, IReadOnlyList<(int Iteration, double Value)> Points);
