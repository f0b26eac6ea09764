namespace Experiments.Definition;

/// <summary>A value of a sweep.</summary>
/// <param name="Option">The option that is swept over.</param>
/// <param name="Value">Its value.</param>
internal sealed record SweepPoint(string Option, double Value);
