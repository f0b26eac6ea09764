namespace Road.Torch.Training;

/// <summary>The polynomial decay of a learning rate: <c>base * (1 - iteration / iterations)^power</c> (Chen et al., DeepLab, 2016).</summary>
public sealed class PolySchedule
{
    /// <summary>Creates a schedule.</summary>
    /// <param name="baseRate">The rate of the first iteration, positive.</param>
    /// <param name="iterations">How many iterations the training takes, at least 1.</param>
    /// <param name="power">The exponent, 0 (constant) or more; 0.9 is usual.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range, or not finite.</exception>
    public PolySchedule(double baseRate, int iterations, double power = 0.9)
    {
        if (!double.IsFinite(baseRate) || baseRate <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(baseRate), baseRate, "The base rate must be positive and finite.");
        }

        if (iterations < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(iterations), iterations, "The number of iterations must be at least 1.");
        }

        if (!double.IsFinite(power) || power < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(power), power, "The power must be 0 or more and finite.");
        }

        BaseRate = baseRate;
        Iterations = iterations;
        Power = power;
    }

    /// <summary>The rate of the first iteration.</summary>
    public double BaseRate { get; }

    /// <summary>How many iterations the training takes.</summary>
    public int Iterations { get; }

    /// <summary>The exponent.</summary>
    public double Power { get; }

    /// <summary>The learning rate of an iteration.</summary>
    /// <param name="iteration">The iteration, counted from 0; <see cref="Iterations"/> gives the rate after the last.</param>
    /// <returns>The rate.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="iteration"/> is not 0 to <see cref="Iterations"/>.</exception>
    public double Rate(int iteration)
    {
        if (iteration < 0 || iteration > Iterations)
        {
            throw new ArgumentOutOfRangeException(nameof(iteration), iteration, $"The iteration must be 0 to {Iterations}.");
        }

        return BaseRate * Math.Pow(1 - ((double)iteration / Iterations), Power);
    }
}
