namespace Road.Torch.Training;

/// <summary>
/// Describes an optimiser: <see cref="SgdOptions"/> or <see cref="AdamWOptions"/>. Rates are told of in <see cref="TrainingOptions"/>.
/// </summary>
public abstract class OptimizationOptions
{
    private protected OptimizationOptions(double weightDecay) => WeightDecay = weightDecay;

    /// <summary>The weight decay: 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double WeightDecay
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    }

    /// <summary>
    /// Whether the scales and shifts of norms, and biases, decay as other weights do: true by default. They are told by having one
    /// dimension.
    /// </summary>
    public bool DecaysNormsAndBiases { get; set; } = true;

    /// <summary>Makes the optimiser.</summary>
    /// <param name="maxGradientNorm">The largest Euclidean norm of a group's gradient, 0 for no limit.</param>
    internal abstract Optimizer Create(double maxGradientNorm);
}
