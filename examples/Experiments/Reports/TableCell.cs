namespace Experiments.Reports;

/// <summary>A cell of a table.</summary>
/// <param name="Text">The value.</param>
/// <param name="Deviation">Its standard deviation; null for none.</param>
/// <param name="IsBest">Whether it is the best of its column.</param>
internal sealed record TableCell(string Text, string? Deviation, bool IsBest);
