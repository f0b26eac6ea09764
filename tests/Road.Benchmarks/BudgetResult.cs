namespace Road.Benchmarks;

/// <summary>A measured budget, as the JSON file holds it.</summary>
/// <param name="Name">What was measured over what.</param>
/// <param name="Measured">The ratio.</param>
/// <param name="Limit">Its limit.</param>
/// <param name="Pass">Whether the ratio keeps the limit.</param>
internal sealed record BudgetResult(string Name, double Measured, double Limit, bool Pass);
