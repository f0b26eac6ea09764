namespace Road.Benchmarks;

/// <summary>How budgets are measured.</summary>
/// <param name="Rounds">How often each side runs; medians count.</param>
/// <param name="BatchSize">Crops a domain in a training step.</param>
internal sealed record BudgetSettings(int Rounds, int BatchSize);
