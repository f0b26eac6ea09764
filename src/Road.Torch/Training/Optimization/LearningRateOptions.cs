namespace Road.Torch.Training;

/// <summary>How fast what learns: rates of backbone, head and methods, and how they rise and fall over the training.</summary>
public sealed class LearningRateOptions
{
    internal const double DefaultRate = 2.5e-4;

    /// <summary>The backbone's first learning rate: more than 0, at most 10; 2.5e-4 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Rate
    {
        get;
        set => field = OptionGuard.PositiveUpTo(value, 10);
    } = DefaultRate;

    /// <summary>
    /// How much faster the classifier head learns than the backbone: more than 0, at most 1000; 10 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double HeadMultiplier
    {
        get;
        set => field = OptionGuard.PositiveUpTo(value, 1000);
    } = 10;

    /// <summary>
    /// How much faster domain classifiers and whatever else methods train learn than the backbone: more than 0, at most 1000; null, the
    /// default, for as much as the head. A method's own <see cref="Adaptation.AdaptationMethod.LearningRateMultiplier"/> goes before.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double? MethodMultiplier
    {
        get;
        set => field = value is { } multiplier ? OptionGuard.PositiveUpTo(multiplier, 1000) : null;
    }

    /// <summary>
    /// Steps over which the learning rate rises to its schedule, at most a tenth of all: 0 to 1,000,000, 100 by default.
    /// Without them the first steps, taken while the head is random, throw the backbone further from its pretrained state
    /// than distillation can bring it back.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int WarmUpIterations
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1_000_000);
    } = 100;

    /// <summary>How the learning rate falls after the warm-up: <see cref="PolyDecay"/>, with the paper's power, by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public LearningRateDecay Decay
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Decay));
    } = new PolyDecay();

    /// <summary>The rate of each step of a training.</summary>
    internal LearningRateSchedule CreateSchedule(int iterations) =>
        new(Rate, iterations, Decay, Math.Min(WarmUpIterations, iterations / 10));
}
