namespace Road.Benchmarks;

/// <summary>A ratio and the limit that it has to keep.</summary>
/// <param name="Name">What is measured over what.</param>
/// <param name="Limit">The largest ratio allowed, or the smallest where <paramref name="IsFloor"/>.</param>
/// <param name="Measure">Measures the ratio.</param>
/// <param name="IsFloor">Whether the ratio must be at least the limit.</param>
internal sealed record Budget(string Name, double Limit, Func<BudgetSettings, double> Measure, bool IsFloor = false)
{
    /// <summary>Measures and compares.</summary>
    public BudgetResult Run(BudgetSettings settings)
    {
        double measured = Measure(settings);
        return new BudgetResult(Name, measured, Limit, IsFloor ? measured >= Limit : measured <= Limit);
    }
}
