namespace Road.MLNet.Reports;

/// <summary>A point of a chart.</summary>
/// <param name="X">Its place on the horizontal axis: a number, or an index where the axis has labels.</param>
/// <param name="Y">The value, a mean where there are several.</param>
/// <param name="Deviation">The standard deviation, 0 where there is none.</param>
/// <param name="Seeds">The single values, drawn where they are given.</param>
internal sealed record ChartPoint(double X, double Y, double Deviation, IReadOnlyList<double> Seeds)
{
    /// <summary>A value without a spread.</summary>
    public ChartPoint(double x, double y)
        : this(x, y, 0, [])
    {
    }
}
