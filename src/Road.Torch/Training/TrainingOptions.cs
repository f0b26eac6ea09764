using Road.Torch.Adaptation;
using Road.Torch.Data;

namespace Road.Torch.Training;

/// <summary>
/// What the training of a network can be told, whatever adapts it, in groups: <see cref="Crops"/>, <see cref="Loading"/>,
/// <see cref="Losses"/>, <see cref="Rates"/>, <see cref="Optimizer"/>, <see cref="WeightAveraging"/>, <see cref="Checkpoints"/> and the
/// <see cref="Adaptations"/>, each with settings of its own. Properties that repeat one of a group are shortcuts to it. Every property
/// checks its value when it is set; defaults are those of Chen, Li and Van Gool (CVPR 2018).
/// </summary>
public class TrainingOptions
{
    /// <summary>The name of the file that <see cref="CheckpointDirectory"/> keeps the state of a training in.</summary>
    public const string CheckpointFileName = "checkpoint.safetensors";

    internal const int DefaultBatchSize = 5;
    internal const int DefaultIterations = 20_000;

    /// <summary>Creates options with the paper's values.</summary>
    /// <param name="adaptations">The methods that adapt the network; none trains on the source alone.</param>
    /// <exception cref="ArgumentException">Two methods have one name.</exception>
    public TrainingOptions(params ReadOnlySpan<AdaptationMethod> adaptations) => Adaptations = new AdaptationList(adaptations);

    /// <summary>
    /// The methods that adapt the network to the target domain, each of which adds its losses to that of the labelled source; to train on
    /// the source alone, empty it. A method of one's own is a class derived from <see cref="AdaptationMethod"/>.
    /// </summary>
    public AdaptationList Adaptations { get; }

    /// <summary>How crops are cut from images and changed.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public CropOptions Crops
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Crops));
    } = new();

    /// <summary>How images are decoded for it; half the processor's cores, at most 8, decode each domain by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public CropStreamOptions Loading
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Loading));
    } = new() { Workers = Math.Clamp(Environment.ProcessorCount / 2, 1, 8) };

    /// <summary>What the supervised loss of the source is made of; cross-entropy alone by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public SegmentationLossOptions Losses
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Losses));
    } = new();

    /// <summary>How fast what learns.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public LearningRateOptions Rates
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Rates));
    } = new();

    /// <summary>The optimiser: <see cref="SgdOptions"/>, with the paper's values, by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public OptimizationOptions Optimizer
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Optimizer));
    } = new SgdOptions();

    /// <summary>Whether the result is a running mean of the weights; not by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public WeightAveragingOptions WeightAveraging
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(WeightAveraging));
    } = new();

    /// <summary>Where the state of the training is kept.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public CheckpointOptions Checkpoints
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Checkpoints));
    } = new();

    /// <summary>
    /// How many source crops methods that prepare themselves (<see cref="AdaptationMethod.NeedsPreparation"/>) see before the first step,
    /// taken from the head of the source's stream: 1 to 100,000, 500 by default. Memory holds one of them at a time, and a few kilobytes
    /// of features of each.
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

    /// <summary>The number of crops of each domain in a step: 1 to 1024, 5 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int BatchSize
    {
        get;
        set => field = OptionGuard.Between(value, 1, 1024);
    } = DefaultBatchSize;

    /// <summary>
    /// The weight of the segmentation loss of labelled target crops, where some target images have labels and the training is given them:
    /// 0 (they are left out) to 1000, 1 by default. The loss is that of the source, a mean over labelled pixels, and is added to it. The
    /// crops go through the network in a pass of their own: to the adaptation methods they are neither source nor target.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double TargetLabelWeight
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1000);
    } = 1;

    /// <summary>
    /// The number of labelled target crops in a step, where the training is given them: 1 to 1024; null, the default, for as many as
    /// <see cref="BatchSize"/>. They come from a stream of the labelled images alone, so that few images are seen as often as many. Each
    /// costs a pass of the network forward and back, as a source crop does.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int? TargetLabelCrops
    {
        get;
        set => field = value is { } count ? OptionGuard.Between(count, 1, 1024) : null;
    }

    /// <summary>The number of training steps: 1 to 10,000,000, 20,000 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Iterations
    {
        get;
        set => field = OptionGuard.Between(value, 1, 10_000_000);
    } = DefaultIterations;

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
    /// Whether the backbone's last map is divided by its root mean square on the first source crops, once, before anything
    /// else sees it: true by default. Rates and both lambdas then do not depend on the numbers that the pretrained weights
    /// work with. Without it, L_dist is the distance of the raw maps.
    /// </summary>
    public bool NormalizeFeatures { get; set; } = true;

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

    /// <summary>Stops the training at the next step.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <inheritdoc cref="CropOptions.Size"/>
    public int CropSize
    {
        get => Crops.Size;
        set => OptionGuard.Through(value, size => Crops.Size = size);
    }

    /// <inheritdoc cref="CropOptions.Scale"/>
    public ScaleRange CropScale
    {
        get => Crops.Scale;
        set => OptionGuard.Through(value, scale => Crops.Scale = scale);
    }

    /// <inheritdoc cref="CropOptions.Mirror"/>
    public bool Mirror
    {
        get => Crops.Mirror;
        set => Crops.Mirror = value;
    }

    /// <inheritdoc cref="CropOptions.BrightnessJitter"/>
    public double BrightnessJitter
    {
        get => Crops.BrightnessJitter;
        set => Crops.BrightnessJitter = value;
    }

    /// <inheritdoc cref="CropOptions.ContrastJitter"/>
    public double ContrastJitter
    {
        get => Crops.ContrastJitter;
        set => Crops.ContrastJitter = value;
    }

    /// <inheritdoc cref="CropOptions.SaturationJitter"/>
    public double SaturationJitter
    {
        get => Crops.SaturationJitter;
        set => Crops.SaturationJitter = value;
    }

    /// <inheritdoc cref="CropOptions.BlurSigma"/>
    public double BlurSigma
    {
        get => Crops.BlurSigma;
        set => Crops.BlurSigma = value;
    }

    /// <inheritdoc cref="CropStreamOptions.CropsPerImage"/>
    public int CropsPerImage
    {
        get => Loading.CropsPerImage;
        set => Loading.CropsPerImage = value;
    }

    /// <inheritdoc cref="CropStreamOptions.BadSamples"/>
    public BadSamplePolicy BadSamples
    {
        get => Loading.BadSamples;
        set => Loading.BadSamples = value;
    }

    /// <inheritdoc cref="CropStreamOptions.Workers"/>
    public int LoaderWorkers
    {
        get => Loading.Workers;
        set => OptionGuard.Through(value, workers => Loading.Workers = workers);
    }

    /// <inheritdoc cref="LearningRateOptions.Rate"/>
    public double LearningRate
    {
        get => Rates.Rate;
        set => OptionGuard.Through(value, rate => Rates.Rate = rate);
    }

    /// <inheritdoc cref="LearningRateOptions.HeadMultiplier"/>
    public double HeadLearningRateMultiplier
    {
        get => Rates.HeadMultiplier;
        set => OptionGuard.Through(value, multiplier => Rates.HeadMultiplier = multiplier);
    }

    /// <inheritdoc cref="LearningRateOptions.MethodMultiplier"/>
    public double? ClassifierLearningRateMultiplier
    {
        get => Rates.MethodMultiplier;
        set => OptionGuard.Through(value, multiplier => Rates.MethodMultiplier = multiplier);
    }

    /// <inheritdoc cref="LearningRateOptions.WarmUpIterations"/>
    public int WarmUpIterations
    {
        get => Rates.WarmUpIterations;
        set => Rates.WarmUpIterations = value;
    }

    /// <inheritdoc cref="LearningRateOptions.Decay"/>
    public LearningRateDecay LearningRateDecay
    {
        get => Rates.Decay;
        set => Rates.Decay = value ?? throw new ArgumentNullException(nameof(LearningRateDecay));
    }

    /// <summary>
    /// The power of the <see cref="LearningRateDecay"/>, where it is <see cref="PolyDecay"/>,
    /// <c>rate x (1 - iteration / iterations)^power</c>: 0 to 10, 0.9 by default; 0 where it is another.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    /// <exception cref="InvalidOperationException">The decay is another.</exception>
    public double PolyPower
    {
        get => (LearningRateDecay as PolyDecay)?.Power ?? 0;
        set => OptionGuard.Through(
            value, power => Chosen<PolyDecay>(LearningRateDecay, nameof(PolyPower), nameof(LearningRateDecay)).Power = power);
    }

    /// <summary>
    /// The momentum of the <see cref="Optimizer"/>, where it is <see cref="SgdOptions"/>: 0 to less than 1, 0.9 by default; 0 where it is
    /// another.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    /// <exception cref="InvalidOperationException">The optimiser is another.</exception>
    public double Momentum
    {
        get => (Optimizer as SgdOptions)?.Momentum ?? 0;
        set => Chosen<SgdOptions>(Optimizer, nameof(Momentum), nameof(Optimizer)).Momentum = value;
    }

    /// <inheritdoc cref="OptimizationOptions.WeightDecay"/>
    public double WeightDecay
    {
        get => Optimizer.WeightDecay;
        set => Optimizer.WeightDecay = value;
    }

    /// <inheritdoc cref="CheckpointOptions.Directory"/>
    public string? CheckpointDirectory
    {
        get => Checkpoints.Directory;
        set => OptionGuard.Through(value, directory => Checkpoints.Directory = directory);
    }

    /// <inheritdoc cref="CheckpointOptions.Interval"/>
    public int CheckpointInterval
    {
        get => Checkpoints.Interval;
        set => OptionGuard.Through(value, interval => Checkpoints.Interval = interval);
    }

    /// <inheritdoc cref="CheckpointOptions.DivergenceRetries"/>
    public int DivergenceRetries
    {
        get => Checkpoints.DivergenceRetries;
        set => Checkpoints.DivergenceRetries = value;
    }

    /// <inheritdoc cref="CheckpointOptions.DivergenceRateFactor"/>
    public double DivergenceRateFactor
    {
        get => Checkpoints.DivergenceRateFactor;
        set => Checkpoints.DivergenceRateFactor = value;
    }

    /// <summary>What contradicts itself in these options; null where nothing does.</summary>
    internal string? Contradiction => DivergenceRetries > 0 && CheckpointDirectory is null
        ? $"{nameof(DivergenceRetries)} is {DivergenceRetries}, but there is no state to go back to: set {nameof(CheckpointDirectory)}, or "
        + $"{nameof(DivergenceRetries)} to 0."
        : Loading.Contradiction;

    /// <summary>Whether a step with these options needs target images.</summary>
    internal bool NeedsTarget => Adaptations.On.Any(static method => method.NeedsTarget);

    /// <summary>Whether target crops go through the network as they are.</summary>
    internal bool NeedsTargetFeatures => Adaptations.On.Any(static method => method.NeedsTargetFeatures);

    /// <summary>Whether a step with these options needs the frozen, pretrained backbone.</summary>
    internal bool NeedsTeacher => Adaptations.On.Any(static method => method.NeedsPretrainedBackbone);

    /// <summary>Whether a method is to see source crops before the first step.</summary>
    internal bool NeedsPreparation => Adaptations.On.Any(static method => method.NeedsPreparation);

    /// <summary>The methods whose settings no other property of these options shows.</summary>
    internal virtual IEnumerable<AdaptationMethod> UnlistedAdaptations => Adaptations;

    /// <summary>Options of this kind that nothing was told.</summary>
    internal virtual TrainingOptions CreateDefaults() => new();

    private static T Chosen<T>(object choice, string property, string option)
        where T : class => choice as T
        ?? throw new InvalidOperationException($"{property} belongs to {typeof(T).Name}, and {option} is {choice.GetType().Name}.");
}
