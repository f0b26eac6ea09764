namespace Road.Torch.Training;

/// <summary>The poly learning rate schedule: <c>rate x (1 - iteration / iterations)^power</c>.</summary>
public sealed class PolySchedule
{
    private readonly double baseRate;
    private readonly int iterations;
    private readonly double power;

    /// <summary>Creates a schedule.</summary>
    /// <param name="baseRate">The first iteration's rate, positive.</param>
    /// <param name="iterations">The number of iterations, at least 1.</param>
    /// <param name="power">The exponent, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public PolySchedule(double baseRate, int iterations, double power)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(baseRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(power);
        this.baseRate = baseRate;
        this.iterations = iterations;
        this.power = power;
    }

    /// <summary>The rate of an iteration.</summary>
    /// <param name="iteration">The iteration, 0 to the number of iterations.</param>
    /// <returns>The rate: the base rate at 0, falling to 0 at the end.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="iteration"/> is outside its range.</exception>
    public double Rate(int iteration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iteration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iteration, iterations);
        return baseRate * Math.Pow(1 - ((double)iteration / iterations), power);
    }
}
