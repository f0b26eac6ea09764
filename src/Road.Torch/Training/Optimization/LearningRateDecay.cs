namespace Road.Torch.Training;

/// <summary>Describes how the learning rate falls over a training. A class of one's own may describe another way.</summary>
public abstract class LearningRateDecay
{
    /// <summary>What the first rate is multiplied by.</summary>
    /// <param name="iteration">The iteration, 0 to <paramref name="iterations"/>.</param>
    /// <param name="iterations">The iterations in all, at least 1.</param>
    /// <returns>The factor, 0 or more.</returns>
    public abstract double Factor(int iteration, int iterations);
}
