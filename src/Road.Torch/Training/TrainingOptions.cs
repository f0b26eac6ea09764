using Road.Torch.Adaptation;
using Road.Torch.Data;

namespace Road.Torch.Training;

/// <summary>
/// What the training of a network can be told, whatever adapts it. Every property checks its value when it is set; defaults are
/// those of Chen, Li and Van Gool (CVPR 2018).
/// </summary>
public class TrainingOptions
{
    /// <summary>The name of the file that <see cref="CheckpointDirectory"/> keeps the state of a training in.</summary>
    public const string CheckpointFileName = "checkpoint.safetensors";

    /// <summary>Creates options with the paper's values.</summary>
    /// <param name="adaptations">The methods that adapt the network; none trains on the source alone.</param>
    /// <exception cref="ArgumentException">Two methods have one name.</exception>
    public TrainingOptions(params ReadOnlySpan<AdaptationMethod> adaptations) => Adaptations = new AdaptationList(adaptations);

    /// <summary>
    /// The methods that adapt the network to the target domain, each of which adds its losses to that of the labelled source; to train on
    /// the source alone, empty it. A method of one's own is a class derived from <see cref="AdaptationMethod"/>.
    /// </summary>
    public AdaptationList Adaptations { get; }

    /// <summary>
    /// How many source crops methods that prepare themselves (<see cref="AdaptationMethod.NeedsPreparation"/>) see before the first step,
    /// taken from the head of the source's stream: 1 to 100,000, 500 by default. Memory holds one of them at a time, and a few kilobytes of
    /// features of each.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int PreparationCrops
    {
        get;
        set => field = OptionGuard.Between(value, 1, 100_000);
    } = 500;

    /// <summary>How many of the backbone's first stages keep their pretrained weights: 0 to 64, 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int FrozenStages
    {
        get;
        set => field = OptionGuard.Between(value, 0, 64);
    }

    /// <summary>The side of the square training crops in pixels: 16 to 4096, 321 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int CropSize
    {
        get;
        set => field = OptionGuard.Between(value, 16, 4096);
    } = 321;

    /// <summary>
    /// The range of the scale that images get before they are cropped, within 0.1 to 10; 1 to 1 (none) by default. What a
    /// shrunken image leaves of its crop is padding, which has no label and belongs to no region; distillation counts its
    /// activations as it counts all.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An end is outside its range, or the minimum exceeds the maximum.</exception>
    public ScaleRange CropScale
    {
        get;
        set => field = value.IsValid
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(CropScale),
                value,
                FormattableString.Invariant(
                    $"CropScale is {value}; it must be {ScaleRange.Smallest} to {ScaleRange.Largest}, the minimum first."));
    } = ScaleRange.None;

    /// <summary>Whether half of the crops are mirrored left to right: true by default.</summary>
    public bool Mirror { get; set; } = true;

    /// <summary>How far brightness varies: factors of 1 - value to 1 + value; 0 (not at all, the default) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double BrightnessJitter
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    }

    /// <summary>How far contrast varies: factors of 1 - value to 1 + value; 0 (not at all, the default) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double ContrastJitter
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    }

    /// <summary>How far saturation varies: factors of 1 - value to 1 + value; 0 (not at all, the default) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double SaturationJitter
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1);
    }

    /// <summary>
    /// The largest standard deviation, in pixels of the crop, of the Gaussian that half of the crops are blurred with: 0
    /// (no blur, the default) to 20.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double BlurSigma
    {
        get;
        set => field = OptionGuard.Between(value, 0, 20);
    }

    /// <summary>
    /// Crops cut from an image each time it is decoded: 1 to 16, 1 by default. Several spare decoding where it costs more
    /// than a crop; they are then shuffled among those of neighbouring images.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int CropsPerImage
    {
        get;
        set => field = OptionGuard.Between(value, 1, 16);
    } = 1;

    /// <summary>
    /// The most bytes of decoded images and labels, of both domains together, to keep between passes: 0 (none, the default,
    /// so that memory does not grow with the data) to 2^50. An image takes 3 bytes a pixel, its labels 1. The result does
    /// not depend on it where a row gives the same image in every pass. Rows are told apart by their ids: where one view
    /// repeats the images of a shorter domain, each repetition counts by itself.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public long SampleCacheBytes
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1L << 50);
    }

    /// <summary>What happens to images and label masks that cannot be read; by default the first ends the training.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public BadSamplePolicy BadSamples
    {
        get;
        set => field = OptionGuard.Defined(value);
    }

    /// <summary>The number of crops of each domain in a step: 1 to 1024, 5 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int BatchSize
    {
        get;
        set => field = OptionGuard.Between(value, 1, 1024);
    } = 5;

    /// <summary>The number of training steps: 1 to 10,000,000, 20,000 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Iterations
    {
        get;
        set => field = OptionGuard.Between(value, 1, 10_000_000);
    } = 20_000;

    /// <summary>The backbone's first learning rate: more than 0, at most 10; 2.5e-4 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double LearningRate
    {
        get;
        set => field = OptionGuard.PositiveUpTo(value, 10);
    } = 2.5e-4;

    /// <summary>
    /// How much faster the classifier head learns than the backbone: more than 0, at most 1000; 10 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double HeadLearningRateMultiplier
    {
        get;
        set => field = OptionGuard.PositiveUpTo(value, 1000);
    } = 10;

    /// <summary>
    /// How much faster domain classifiers and whatever else methods train learn than the backbone: more than 0, at most 1000; null, the
    /// default, for as much as the head.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double? ClassifierLearningRateMultiplier
    {
        get;
        set => field = value is { } multiplier ? OptionGuard.PositiveUpTo(multiplier, 1000) : null;
    }

    /// <summary>The optimiser: <see cref="SgdOptions"/>, with the paper's values, by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public OptimizationOptions Optimizer
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Optimizer));
    } = new SgdOptions();

    /// <summary>
    /// The momentum of the <see cref="Optimizer"/>, where it is <see cref="SgdOptions"/>: 0 to less than 1, 0.9 by default; 0 where it is
    /// another.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    /// <exception cref="InvalidOperationException">The optimiser is another.</exception>
    public double Momentum
    {
        get => (Optimizer as SgdOptions)?.Momentum ?? 0;
        set => (Optimizer as SgdOptions ?? throw new InvalidOperationException(
            $"{nameof(Momentum)} belongs to {nameof(SgdOptions)}, and {nameof(Optimizer)} is {Optimizer.GetType().Name}.")).Momentum =
                value;
    }

    /// <summary>The weight decay of the <see cref="Optimizer"/>: 0 to 1, 5e-4 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double WeightDecay
    {
        get => Optimizer.WeightDecay;
        set => Optimizer.WeightDecay = value;
    }

    /// <summary>
    /// The largest Euclidean norm of the gradient of the backbone, of the head and of the domain classifiers, each on its
    /// own: 0 (no limit, the default) to 1,000,000. A longer gradient is scaled down to it. With distillation a low limit
    /// holds the backbone still, since the gradient of Eq. 1 is as long near the teacher as far from it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double MaxGradientNorm
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1_000_000);
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

    /// <summary>
    /// Whether the backbone's last map is divided by its root mean square on the first source crops, once, before anything
    /// else sees it: true by default. Rates and both lambdas then do not depend on the numbers that the pretrained weights
    /// work with. Without it, L_dist is the distance of the raw maps.
    /// </summary>
    public bool NormalizeFeatures { get; set; } = true;

    /// <summary>How the learning rate falls after the warm-up: <see cref="PolyDecay"/>, with the paper's power, by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public LearningRateDecay LearningRateDecay
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(LearningRateDecay));
    } = new PolyDecay();

    /// <summary>
    /// The power of the <see cref="LearningRateDecay"/>, where it is <see cref="PolyDecay"/>, <c>rate x (1 - iteration /
    /// iterations)^power</c>: 0 to 10, 0.9 by default; 0 where it is another.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    /// <exception cref="InvalidOperationException">The decay is another.</exception>
    public double PolyPower
    {
        get => (LearningRateDecay as PolyDecay)?.Power ?? 0;
        set => (LearningRateDecay as PolyDecay ?? throw new InvalidOperationException(
            $"{nameof(PolyPower)} belongs to {nameof(PolyDecay)}, and {nameof(LearningRateDecay)} is "
            + $"{LearningRateDecay.GetType().Name}.")).Power = OptionGuard.Between(value, 0, 10);
    }

    /// <summary>
    /// The numbers that the networks compute with: <see cref="Precision.Float32"/> by default. With
    /// <see cref="Precision.BFloat16"/> the optimiser moves float32 weights, of which the networks use rounded copies; norms
    /// and losses are float32, no loss is scaled, and the trained weights are float32.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public Precision Precision
    {
        get;
        set => field = OptionGuard.Defined(value);
    } = Precision.Float32;

    /// <summary>
    /// Whether a CUDA GPU may round the factors of float32 products to TensorFloat-32 (10 bits of mantissa), in matrix products and
    /// in convolutions: false by default, which leaves libtorch's own setting. It holds for the whole process while an
    /// engine lives, and means nothing on a CPU.
    /// </summary>
    public bool AllowTensorFloat32 { get; set; }

    /// <summary>
    /// Decoding workers of each domain: 1 to 64; half the processor's cores, at most 8, by default. The result does not depend on it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int LoaderWorkers
    {
        get;
        set => field = OptionGuard.Between(value, 1, 64);
    } = Math.Clamp(Environment.ProcessorCount / 2, 1, 8);

    /// <summary>How many steps apart progress is reported and the losses are checked: 1 to 1,000,000, 10 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int ProgressInterval
    {
        get;
        set => field = OptionGuard.Between(value, 1, 1_000_000);
    } = 10;

    /// <summary>Who follows the training: its start, progress, snapshots of the network, saved states and end; nobody by default.</summary>
    public IList<ITrainingObserver> Observers { get; } = [];

    /// <summary>
    /// Receives the training's progress; null (the default) for none. A shortcut for an observer that wants nothing else; what it throws
    /// ends the training as it is.
    /// </summary>
    public IProgress<RoadProgress>? Progress { get; set; }

    /// <summary>
    /// How many steps apart the network is handed out for evaluation, where something receives it: 1 to 10,000,000, 1000 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int EvaluationInterval
    {
        get;
        set => field = OptionGuard.Between(value, 1, 10_000_000);
    } = 1000;

    /// <summary>
    /// The folder that keeps the state of the training, to go on from there; null (the default) for none. It is saved every
    /// <see cref="CheckpointInterval"/> steps, after the last and when the training is cancelled. A training that finds a state there goes
    /// on with it and, on a CPU, ends with the same weights to the bit as one that never stopped; so it needs the same data, seed, network,
    /// pretrained weights and options, and is refused where they differ. Only these may change: <see cref="LoaderWorkers"/>,
    /// <see cref="SampleCacheBytes"/>, <see cref="Progress"/>, <see cref="ProgressInterval"/>, <see cref="CancellationToken"/>,
    /// <see cref="CheckpointInterval"/>, <see cref="DivergenceRetries"/>, <see cref="DivergenceRateFactor"/>, the evaluation, and the
    /// folder's place. An evaluation that is due at the step where the training goes on is made again. Each training needs a folder of its
    /// own, which a lock file in it keeps for as long as the training runs. A state with numbers that are not finite is never saved.
    /// </summary>
    /// <remarks>
    /// Going on passes over the crops that were used. That costs next to nothing where rows are shuffled, an image gives one crop and bad
    /// samples stop the training; else all of them are decoded again.
    /// </remarks>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? CheckpointDirectory
    {
        get;
        set => field = value is null ? null : OptionGuard.NotEmpty(value);
    }

    /// <summary>How many steps apart the state is saved in <see cref="CheckpointDirectory"/>: 1 to 10,000,000, 500 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int CheckpointInterval
    {
        get;
        set => field = OptionGuard.Between(value, 1, 10_000_000);
    } = 500;

    /// <summary>
    /// How often, from its first step to its last, a training whose numbers are no longer finite goes back to the state in
    /// <see cref="CheckpointDirectory"/>, which it needs, and on from there at a lower learning rate: 0 (never: it ends with an error, the
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

    /// <summary>Stops the training at the next step.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>What contradicts itself in these options; null where nothing does.</summary>
    internal string? Contradiction => DivergenceRetries > 0 && CheckpointDirectory is null
        ? $"{nameof(DivergenceRetries)} is {DivergenceRetries}, but there is no state to go back to: set {nameof(CheckpointDirectory)}, "
            + $"or {nameof(DivergenceRetries)} to 0."
        : null;

    /// <summary>Whether a step with these options needs target images.</summary>
    internal bool NeedsTarget => Adaptations.On.Any(static method => method.NeedsTarget);

    /// <summary>Whether a step with these options needs the frozen, pretrained backbone.</summary>
    internal bool NeedsTeacher => Adaptations.On.Any(static method => method.NeedsPretrainedBackbone);

    /// <summary>Whether a method is to see source crops before the first step.</summary>
    internal bool NeedsPreparation => Adaptations.On.Any(static method => method.NeedsPreparation);

    /// <summary>The methods whose settings no other property of these options shows.</summary>
    internal virtual IEnumerable<AdaptationMethod> UnlistedAdaptations => Adaptations;

    /// <summary>Options of this kind that nothing was told.</summary>
    internal virtual TrainingOptions CreateDefaults() => new();

    /// <summary>The augmentation that these options ask for.</summary>
    internal CropAugmentation CreateAugmentation() => new(
        new RandomCrop(CropSize, Mirror, CropScale),
        BrightnessJitter > 0 || ContrastJitter > 0 || SaturationJitter > 0
            ? new ColorJitter(BrightnessJitter, ContrastJitter, SaturationJitter)
            : null,
        BlurSigma > 0 ? new RandomBlur(BlurSigma) : null);

    /// <summary>The work of each domain's stream.</summary>
    internal CropStreamOptions CreateStreamOptions() =>
        new() { Workers = LoaderWorkers, CropsPerImage = CropsPerImage, BadSamples = BadSamples };
}
