namespace Experiments.Reports;

/// <summary>A chart of a report.</summary>
/// <param name="File">The name of its file, without extension.</param>
/// <param name="Title">Its title.</param>
/// <param name="Caption">What there is to see.</param>
/// <param name="Svg">The chart.</param>
internal sealed record Figure(string File, string Title, string Caption, string Svg);
