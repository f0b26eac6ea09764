namespace Road.Torch.Training;

/// <summary>
/// Whether a training gives a running mean of its weights in the place of the last ones (Polyak and Juditsky, 1992; with decay, as
/// Tarvainen and Valpola, 2017, have it).
/// </summary>
public sealed class WeightAveragingOptions
{
    /// <summary>
    /// How much of itself the mean keeps in a step: 0 to 1, 0.999 as a rule; null, the default, for no mean. After i steps it becomes
    /// <c>a mean + (1 - a) weights</c> with <c>a = min(1 - 1/(i + 1), Decay)</c>, so that it begins as the plain mean of all weights so
    /// far, those before the first step among them, and stays that with a decay of 1.
    /// </summary>
    /// <remarks>
    /// Where it is set, evaluations, snapshots and the result have the mean, and the steps are the same as without it. It is made of
    /// float32 weights whatever the training computes in, of all parameters that are trained, and of the running statistics of norms
    /// outside the backbone, which go with them; other buffers are those of the network, and the backbone's norms do not move. A
    /// checkpoint holds both. It costs the memory of one more set of weights and a pass over them in each step, no pass of the network;
    /// where self-training has a teacher with the same decay, the teacher is the mean.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double? Decay
    {
        get;
        set => field = value is { } decay ? OptionGuard.Between(decay, 0, 1) : null;
    }
}
