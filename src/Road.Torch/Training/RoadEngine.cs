using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// One training step of ROAD: <c>L = L_seg + lambda1 L_dist + lambda2 L_spt</c> (Eq. 5) and its gradient step. Source and
/// target crops go through one forward pass of the backbone; batch norm keeps its pretrained statistics.
/// </summary>
/// <remarks>
/// With <see cref="Precision.BFloat16"/> the layers of network and teacher hold rounded copies of their weights while the
/// engine lives, and their parameters are other objects than before; disposing the engine gives them the float32 weights.
/// So the engine is disposed before the networks, and before the trained network is used or saved.
/// </remarks>
public sealed class RoadEngine : IDisposable
{
    private readonly SegmentationNetwork network;
    private readonly Backbone? teacher;
    private readonly RoadTrainingOptions options;
    private readonly InputNormalization normalization;
    private readonly Device device;
    private readonly SpatialAdaptation? spatial;
    private readonly RivalAdaptation? rival;
    private readonly SgdOptimizer optimizer;
    private readonly ScalarType inputType;
    private readonly bool mayBeChannelsLast;
    private readonly MasterWeights? masters;
    private readonly TensorFloat32? tensorFloat32;
    private readonly TorchSharp.Modules.BatchNorm2d[] frozenNorms;
    private readonly LossMeter segmentationMeter = new();
    private readonly LossMeter distillationMeter = new();
    private readonly LossMeter spatialMeter = new();
    private readonly OrderedDictionary<string, LossMeter> rivalMeters = [];
    private bool disposed;

    /// <summary>Prepares a training.</summary>
    /// <param name="network">The network to train, its weights loaded, on <paramref name="device"/>; the caller keeps it.</param>
    /// <param name="teacher">
    /// The frozen twin of its backbone with the pretrained weights, on the same device; needed where the distillation
    /// weight is not 0, and by curriculum domain adaptation. The caller keeps it.
    /// </param>
    /// <param name="options">The weights of the losses and the optimiser's settings, read now.</param>
    /// <param name="normalization">How pixels become the network's input.</param>
    /// <param name="device">The device of everything.</param>
    /// <param name="seed">The seed of the domain classifiers' weights.</param>
    /// <exception cref="ArgumentException">Distillation or curriculum domain adaptation is on and there is no teacher.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More stages are to be frozen than the backbone has.</exception>
    public RoadEngine(
        SegmentationNetwork network,
        Backbone? teacher,
        RoadTrainingOptions options,
        InputNormalization normalization,
        Device device,
        long seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(normalization);
        ArgumentNullException.ThrowIfNull(device);
        if (options.DistillationWeight > 0 && teacher is null)
        {
            throw new ArgumentException("Distillation needs a teacher; without one DistillationWeight must be 0.", nameof(teacher));
        }

        this.network = network;
        this.teacher = options.DistillationWeight > 0 ? teacher : null;
        this.options = options;
        this.normalization = normalization;
        this.device = device;
        Seed = seed;
        network.Backbone.FreezeStages(options.FrozenStages);
        frozenNorms = [.. network.Backbone.modules().OfType<TorchSharp.Modules.BatchNorm2d>()];
        SetTrainingMode();
        this.teacher?.eval();
        if (options.SpatialWeight > 0)
        {
            spatial = new SpatialAdaptation(network.Backbone.OutputChannels, new RegionGrid(options.RegionRows, options.RegionColumns));
            spatial.to(device);
            using Generator generator = new((ulong)seed, device);
            spatial.InitializeWeights(generator);
        }

        rival = RivalAdaptation.Create(options, network, teacher, device, seed);
        inputType = options.Precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        mayBeChannelsLast = inputType != ScalarType.BFloat16 || !network.HasLayersUnfitForChannelsLast;
        if (inputType == ScalarType.BFloat16)
        {
            masters = new MasterWeights();
            foreach (nn.Module module in new nn.Module?[] { network, this.teacher, spatial }.OfType<nn.Module>())
            {
                masters.Convert(module);
            }
        }

        tensorFloat32 = options.AllowTensorFloat32 && device.type == DeviceType.CUDA ? new TensorFloat32() : null;
        optimizer = new SgdOptimizer(options.Momentum, options.WeightDecay, options.MaxGradientNorm);
        HashSet<IntPtr> backbone = [.. network.Backbone.parameters().Select(parameter => parameter.Handle)];
        optimizer.Add(network.Backbone.parameters(), 1, masters);
        optimizer.Add(network.parameters().Where(parameter => !backbone.Contains(parameter.Handle)), options.HeadLearningRateMultiplier, masters);
        double classifiers = options.ClassifierLearningRateMultiplier ?? options.HeadLearningRateMultiplier;
        if (spatial is not null)
        {
            optimizer.Add(spatial.parameters(), classifiers, masters);
        }

        if (rival is not null)
        {
            optimizer.Add(rival.Parameters, classifiers);
        }
    }

    /// <summary>Sets the scale of the network's features by the source crops of a batch (<see cref="SegmentationNetwork.NormalizeFeatures"/>).</summary>
    /// <param name="batch">The training's first batch.</param>
    public void NormalizeFeatures(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using DisposeScope scope = NewDisposeScope();
        network.NormalizeFeatures(Images(batch).narrow(0, 0, batch.SourceCount));
        SetTrainingMode();
    }

    /// <summary>
    /// Lets the method of <see cref="RoadTrainingOptions.Rival"/> learn from the source what its losses need, before the first step;
    /// without one it does nothing.
    /// </summary>
    /// <param name="source">Batches of source crops, read once, one at a time.</param>
    /// <exception cref="InvalidOperationException">No pixel of the crops belongs to a class.</exception>
    public void Prepare(IEnumerable<TrainingBatch> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        rival?.Prepare(source, Images);
    }

    /// <summary>The seed of the domain classifiers' weights.</summary>
    internal long Seed { get; }

    /// <summary>How pixels become the network's input.</summary>
    internal InputNormalization Normalization => normalization;

    /// <summary>The kind of the device of everything.</summary>
    internal DeviceType DeviceType => device.type;

    /// <summary>The method that ROAD is compared with; null for none.</summary>
    internal RivalAdaptation? Rival => rival;

    /// <summary>The domain classifiers; null where spatial-aware adaptation is off.</summary>
    internal SpatialAdaptation? DomainClassifiers => spatial;

    /// <summary>What steps change, to be stored before the next one; generators' states belong to the caller's dispose scope.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> State() => EngineState.Read(network, spatial, rival, optimizer, device);

    /// <summary>
    /// Takes over what <see cref="State"/> of an engine with the same networks and options gave, so that the next step is the one that
    /// would have followed there. What <see cref="Prepare"/> learned is no part of it.
    /// </summary>
    /// <param name="file">The stored tensors.</param>
    /// <param name="mayLackVelocities">Whether the file is of those that leave out the velocities of parameters that have not moved yet.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, not finite or unknown, or has another shape or type.</exception>
    internal void Restore(WeightsFile file, bool mayLackVelocities = false) =>
        EngineState.Restore(file, network, spatial, rival, optimizer, device, mayLackVelocities);

    /// <summary>
    /// What tells that the training has diverged: a loss since the last reading, or a tensor of the state, that is not finite. Null where
    /// nothing does; this waits for the device.
    /// </summary>
    internal string? FindDivergence()
    {
        if (!segmentationMeter.IsFinite || !distillationMeter.IsFinite || !spatialMeter.IsFinite || rivalMeters.Values.Any(static meter => !meter.IsFinite))
        {
            return ReadLosses().Describe();
        }

        using DisposeScope scope = NewDisposeScope();
        return FiniteTensors.FindDefect(State()) is { } name ? $"the tensor '{name}' is not finite" : null;
    }

    /// <summary>Computes the losses of a batch, back-propagates them and moves the weights.</summary>
    /// <param name="batch">Source crops, and target crops where the options need them.</param>
    /// <param name="learningRate">The backbone's learning rate, at least 0; head and domain classifiers learn by their multiplier faster.</param>
    /// <exception cref="ArgumentException">The options need target crops and the batch has none.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="learningRate"/> is negative.</exception>
    public void Step(TrainingBatch batch, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using DisposeScope scope = NewDisposeScope();
        optimizer.ClearGradients();
        Tensor? loss = Loss(batch);
        if (loss is not null)
        {
            loss.backward();
            optimizer.Step(learningRate);
        }
    }

    /// <summary>The joint loss of a batch (Eq. 5), with its graph.</summary>
    /// <param name="batch">Source crops, and target crops where the options need them.</param>
    /// <returns>A scalar, <c>float32</c>; null where no term applies (no labelled pixel and no adaptation).</returns>
    /// <exception cref="ArgumentException">The options need target crops and the batch has none.</exception>
    public Tensor? Loss(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (options.NeedsTarget && batch.TargetCount == 0)
        {
            throw new ArgumentException("These options adapt to the target domain, but the batch has no target crops.", nameof(batch));
        }

        using DisposeScope scope = NewDisposeScope();
        if (!network.training || frozenNorms.Any(static norm => norm.training))
        {
            SetTrainingMode();
        }

        Tensor images = Images(batch);
        BackboneFeatures features = network.Extract(images);
        (BackboneFeatures source, BackboneFeatures target) = features.Split(batch.SourceCount);
        Tensor? total = null;
        if (batch.HasLabelledPixels)
        {
            Tensor labels = batch.Labels.ToTensor(batch.SourceCount, batch.Size, batch.Size).MoveTo(device).to(ScalarType.Int64);
            total = Segmentation(source, labels);
        }

        if (teacher is not null)
        {
            (Tensor student, int start) = options.DistillationDomain == DistillationDomain.Target
                ? (target.Last, batch.SourceCount)
                : (source.Last, 0);
            Tensor reference = Teach(images.narrow(0, start, student.shape[0]));
            Tensor distillation = DistillationLoss.Compute(student.to(ScalarType.Float32), reference.to(ScalarType.Float32));
            distillationMeter.Add(distillation);
            total = Sum(total, distillation.Times(options.DistillationWeight));
        }

        if (spatial is not null)
        {
            bool literal = options.SpatialWeightReading == SpatialWeightReading.Literal;
            if (options.DomainAdversary == DomainAdversary.GradientReversal)
            {
                Tensor? loss = spatial.Loss(features.Last, batch.Windows, batch.SourceCount, literal ? 1 : options.SpatialWeight);
                if (loss is not null)
                {
                    spatialMeter.Add(loss);
                    total = Sum(total, literal ? loss.Times(options.SpatialWeight) : loss);
                }
            }
            else if (spatial.AlternatingLosses(features.Last, batch.Windows, batch.SourceCount, FeatureObjective.InvertedLabels)
                is (Tensor own, Tensor inverted))
            {
                spatialMeter.Add(own);
                total = Sum(total, (literal ? own.Times(options.SpatialWeight) : own).Plus(inverted.Times(options.SpatialWeight)));
            }
        }

        if (rival is not null)
        {
            Tensor targetLogits = network.Classify(target);
            AdaptationInput input = new(batch, images.narrow(0, batch.SourceCount, batch.TargetCount), features.Last, targetLogits);
            foreach (AdaptationTerm term in rival.Losses(input))
            {
                rivalMeters.TryAdd(term.Name, new LossMeter());
                rivalMeters[term.Name].Add(term.Loss);
                total = Sum(total, term.Total);
            }
        }

        return total?.MoveToOuterDisposeScope();
    }

    /// <summary>Reads the mean losses since the last reading; this waits for the device.</summary>
    /// <returns>The losses.</returns>
    public StepLosses ReadLosses() =>
        new(segmentationMeter.ReadAndReset(), distillationMeter.ReadAndReset(), spatialMeter.ReadAndReset())
        {
            Rival = [.. rivalMeters.Select(static pair => (pair.Key, Value: pair.Value.ReadAndReset()))
                .Where(static pair => pair.Value.HasValue).Select(static pair => new NamedLoss(pair.Key, pair.Value!.Value))],
        };

    /// <summary>Copies the weights of the network in training, in float32 whatever it computes in.</summary>
    /// <param name="copy">A network of the same factory and number of classes, its weights <c>float32</c>, on any device.</param>
    internal void CopyWeightsTo(SegmentationNetwork copy)
    {
        copy.load_state_dict(network.state_dict());
        if (masters is null)
        {
            return;
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((Parameter parameter, Parameter copied) in network.parameters().Zip(copy.parameters()))
        {
            if (masters.Of(parameter) is { } master)
            {
                copied.copy_(master);
            }
        }
    }

    /// <summary>Frees the optimiser, the domain classifiers and what a rival learned, and gives networks in bfloat16 their float32 weights.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        masters?.Dispose();
        tensorFloat32?.Dispose();
        optimizer.Dispose();
        spatial?.Dispose();
        rival?.Dispose();
        foreach (LossMeter meter in rivalMeters.Values)
        {
            meter.Dispose();
        }

        segmentationMeter.Dispose();
        distillationMeter.Dispose();
        spatialMeter.Dispose();
    }

    private Tensor Images(TrainingBatch batch) => network
        .Normalize(normalization, batch.Pixels.ToTensor(batch.SourceCount + batch.TargetCount, batch.Size, batch.Size, 3).MoveTo(device), mayBeChannelsLast)
        .to(inputType);

    private static Tensor Sum(Tensor? total, Tensor term) => total is null ? term : total.Plus(term);

    private Tensor Segmentation(BackboneFeatures features, Tensor labels)
    {
        Tensor loss = SegmentationLoss.Compute(network.Classify(features).to(ScalarType.Float32), labels);
        if (network.ClassifyAuxiliary(features) is Tensor auxiliary)
        {
            loss = loss.Plus(SegmentationLoss.Compute(auxiliary.to(ScalarType.Float32), labels).Times(network.AuxiliaryWeight));
        }

        segmentationMeter.Add(loss);
        return loss;
    }

    private Tensor Teach(Tensor images)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return network.Extract(images, teacher).Last.MoveToOuterDisposeScope();
    }

    /// <summary>The head trains, the backbone's batch norm does not: a few crops of two domains are too small a sample.</summary>
    private void SetTrainingMode()
    {
        network.train();
        network.Backbone.FreezeNormalization();
    }
}
