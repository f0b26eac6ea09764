namespace Road.MLNet.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Color">The number of its colour, from 0.</param>
/// <param name="Points">Its points, from left to right.</param>
internal sealed record ChartSeries(string Name, int Color, IReadOnlyList<ChartPoint> Points);
