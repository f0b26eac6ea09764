namespace Road.Torch.Training;

/// <summary>The polynomial decay of a learning rate: <c>base * (1 - iteration / iterations)^power</c> (Chen et al., DeepLab, 2016), after a linear rise.</summary>
public sealed class PolySchedule
{
    /// <summary>Creates a schedule.</summary>
    /// <param name="baseRate">The rate that the decay starts from, positive.</param>
    /// <param name="iterations">How many iterations the training takes, at least 1.</param>
    /// <param name="power">The exponent, 0 (constant) or more; 0.9 is usual.</param>
    /// <param name="warmUp">Over how many iterations the rate rises to the decay's, 0 to <paramref name="iterations"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range, or not finite.</exception>
    public PolySchedule(double baseRate, int iterations, double power = 0.9, int warmUp = 0)
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

        if (warmUp < 0 || warmUp > iterations)
        {
            throw new ArgumentOutOfRangeException(nameof(warmUp), warmUp, $"The warm-up must be 0 to {iterations} iterations.");
        }

        BaseRate = baseRate;
        Iterations = iterations;
        Power = power;
        WarmUp = warmUp;
    }

    /// <summary>The rate that the decay starts from.</summary>
    public double BaseRate { get; }

    /// <summary>How many iterations the training takes.</summary>
    public int Iterations { get; }

    /// <summary>The exponent.</summary>
    public double Power { get; }

    /// <summary>Over how many iterations the rate rises: iteration i has (i + 1) / (WarmUp + 1) of the decay's rate.</summary>
    public int WarmUp { get; }

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

        double rise = iteration < WarmUp ? (iteration + 1.0) / (WarmUp + 1) : 1;
        return rise * BaseRate * Math.Pow(1 - ((double)iteration / Iterations), Power);
    }
}
