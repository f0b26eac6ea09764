namespace Road.Torch.Training;

/// <summary>The learning rate of each step: a decay after a linear rise.</summary>
public sealed class LearningRateSchedule
{
    /// <summary>Creates a schedule.</summary>
    /// <param name="baseRate">The rate that the decay starts from, positive.</param>
    /// <param name="iterations">How many iterations the training takes, at least 1.</param>
    /// <param name="decay">How the rate falls; null for <see cref="PolyDecay"/> with its usual power.</param>
    /// <param name="warmUp">Over how many iterations the rate rises to the decay's, 0 to <paramref name="iterations"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range, or not finite.</exception>
    public LearningRateSchedule(double baseRate, int iterations, LearningRateDecay? decay = null, int warmUp = 0)
    {
        if (!double.IsFinite(baseRate) || baseRate <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(baseRate), baseRate, "The base rate must be positive and finite.");
        }

        if (iterations < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(iterations), iterations, "The number of iterations must be at least 1.");
        }

        if (warmUp < 0 || warmUp > iterations)
        {
            throw new ArgumentOutOfRangeException(nameof(warmUp), warmUp, $"The warm-up must be 0 to {iterations} iterations.");
        }

        BaseRate = baseRate;
        Iterations = iterations;
        Decay = decay ?? new PolyDecay();
        WarmUp = warmUp;
    }

    /// <summary>The rate that the decay starts from.</summary>
    public double BaseRate { get; }

    /// <summary>How many iterations the training takes.</summary>
    public int Iterations { get; }

    /// <summary>How the rate falls.</summary>
    public LearningRateDecay Decay { get; }

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
        return rise * BaseRate * Decay.Factor(iteration, Iterations);
    }
}
