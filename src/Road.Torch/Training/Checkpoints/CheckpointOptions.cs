namespace Road.Torch.Training;

/// <summary>
/// Where a training keeps its state, to go on from there, and what it does with it when its numbers are no longer finite.
/// </summary>
public sealed class CheckpointOptions
{
    /// <summary>
    /// The folder that keeps the state of the training, to go on from there; null (the default) for none. It is saved every
    /// <see cref="Interval"/> steps, after the last and when the training is cancelled. A training that finds a state there goes
    /// on with it and, on a CPU, ends with the same weights to the bit as one that never stopped; so it needs the same data, seed, network,
    /// pretrained weights and options, and is refused where they differ. Only these may change:
    /// <see cref="TrainingOptions.LoaderWorkers"/>, <see cref="TrainingOptions.SampleCacheBytes"/>,
    /// <see cref="TrainingOptions.Observers"/>, <see cref="TrainingOptions.Progress"/>, <see cref="TrainingOptions.ProgressInterval"/>,
    /// <see cref="TrainingOptions.CancellationToken"/>, the evaluation, and these options themselves. An evaluation that is due at the step
    /// where the training goes on is made again. Each training needs a folder of its own, which a lock file in it keeps for as long as the
    /// training runs. A state with numbers that are not finite is never saved.
    /// </summary>
    /// <remarks>
    /// Going on passes over the crops that were used. That costs next to nothing where rows are shuffled, an image gives one crop and bad
    /// samples stop the training; else all of them are decoded again.
    /// </remarks>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? Directory
    {
        get;
        set => field = value is null ? null : OptionGuard.NotEmpty(value);
    }

    /// <summary>How many steps apart the state is saved in <see cref="Directory"/>: 1 to 10,000,000, 500 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Interval
    {
        get;
        set => field = OptionGuard.Between(value, 1, 10_000_000);
    } = 500;

    /// <summary>
    /// How often, from its first step to its last, a training whose numbers are no longer finite goes back to the state in
    /// <see cref="Directory"/>, which it needs, and on from there at a lower learning rate: 0 (never: it ends with an error, the
    /// default) to 100. If it does so again before it has saved another state, it goes back to the one before, which is kept meanwhile. It
    /// takes other crops than before, and lowers the rate for good. It may be set for a training that has ended with that error
    /// already, to go on with it. Progress and evaluations of the steps that are taken back have been reported, and come again.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int DivergenceRetries
    {
        get;
        set => field = OptionGuard.Between(value, 0, 100);
    }

    /// <summary>
    /// What the learning rate is multiplied by at each of the <see cref="DivergenceRetries"/>: at least 0.001 and less than 1, 0.5 by
    /// default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double DivergenceRateFactor
    {
        get;
        set => field = OptionGuard.Below(value, 0.001, 1);
    } = 0.5;
}
