using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>
/// One training step: the loss of the labelled source and those of the adaptation methods, with ROAD's
/// <c>L = L_seg + lambda1 L_dist + lambda2 L_spt</c> (Eq. 5), and the gradient step. Source and target crops go through one forward pass of
/// the backbone; batch norm keeps its pretrained statistics.
/// </summary>
/// <remarks>
/// With <see cref="Precision.BFloat16"/> the layers of network and pretrained backbone hold rounded copies of their weights while the
/// engine lives, and their parameters are other objects than before; disposing the engine gives them the float32 weights.
/// So the engine is disposed before the networks, and before the trained network is used or saved.
/// </remarks>
public sealed class RoadEngine : IDisposable
{
    private readonly SegmentationNetwork network;
    private readonly Backbone? teacher;
    private readonly TrainingOptions options;
    private readonly InputNormalization normalization;
    private readonly Device device;
    private readonly List<RunningAdaptation> adaptations = [];
    private readonly Optimizer optimizer;
    private readonly ScalarType inputType;
    private readonly bool mayBeChannelsLast;
    private readonly MasterWeights? masters;
    private readonly TensorFloat32? tensorFloat32;
    private readonly TorchSharp.Modules.BatchNorm2d[] frozenNorms;
    private readonly LossMeter segmentationMeter = new();
    private readonly OrderedDictionary<string, (AdaptationMethod Method, LossMeter Meter)> adaptationMeters = [];
    private bool disposed;

    /// <summary>Prepares a training.</summary>
    /// <param name="network">The network to train, its weights loaded, on <paramref name="device"/>; the caller keeps it.</param>
    /// <param name="teacher">
    /// The frozen twin of its backbone with the pretrained weights, on the same device; needed where an adaptation method says so. The
    /// caller keeps it.
    /// </param>
    /// <param name="options">The adaptation methods and the optimiser's settings, read now.</param>
    /// <param name="normalization">How pixels become the network's input.</param>
    /// <param name="device">The device of everything.</param>
    /// <param name="seed">The seed of what the methods draw, such as the weights of domain classifiers.</param>
    /// <param name="createTwin">
    /// Makes another network of the same factory and number of classes, on any device; needed by methods that ask for a twin. Null for none.
    /// </param>
    /// <exception cref="ArgumentException">A method needs the pretrained backbone and there is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More stages are to be frozen than the backbone has.</exception>
    public RoadEngine(
        SegmentationNetwork network,
        Backbone? teacher,
        TrainingOptions options,
        InputNormalization normalization,
        Device device,
        long seed,
        Func<SegmentationNetwork>? createTwin = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(normalization);
        ArgumentNullException.ThrowIfNull(device);
        if (teacher is null && options.Adaptations.On.FirstOrDefault(static method => method.NeedsPretrainedBackbone) is { } needy)
        {
            throw new ArgumentException($"The method '{needy.Name}' needs the pretrained backbone, and there is none.", nameof(teacher));
        }

        this.network = network;
        this.teacher = options.NeedsTeacher ? teacher : null;
        this.options = options;
        this.normalization = normalization;
        this.device = device;
        Seed = seed;
        network.Backbone.FreezeStages(options.FrozenStages);
        frozenNorms = [.. network.Backbone.modules().OfType<TorchSharp.Modules.BatchNorm2d>()];
        SetTrainingMode();
        this.teacher?.eval();
        AdaptationContext context = new(network, this.teacher, device, seed, options.Precision, options.Iterations, createTwin);
        foreach (AdaptationMethod method in options.Adaptations.On)
        {
            adaptations.Add(new RunningAdaptation(method, method.Create(context)));
        }

        nn.Module[] trained = [.. adaptations.Select(static adaptation => adaptation.Adapter.Trained).OfType<nn.Module>()];
        inputType = options.Precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        mayBeChannelsLast = inputType != ScalarType.BFloat16 || !network.HasLayersUnfitForChannelsLast;
        if (inputType == ScalarType.BFloat16)
        {
            masters = new MasterWeights();
            foreach (nn.Module module in new nn.Module?[] { network, this.teacher }.OfType<nn.Module>().Concat(trained))
            {
                masters.Convert(module);
            }
        }

        tensorFloat32 = options.AllowTensorFloat32 && device.type == DeviceType.CUDA ? new TensorFloat32() : null;
        optimizer = options.Optimizer.Create(options.MaxGradientNorm);
        HashSet<IntPtr> backbone = [.. network.Backbone.parameters().Select(parameter => parameter.Handle)];
        optimizer.Add(network.Backbone.parameters(), 1, masters);
        optimizer.Add(network.parameters().Where(parameter => !backbone.Contains(parameter.Handle)), options.HeadLearningRateMultiplier, masters);
        double classifiers = options.ClassifierLearningRateMultiplier ?? options.HeadLearningRateMultiplier;
        foreach ((AdaptationMethod method, Adapter adapter) in adaptations)
        {
            if (adapter.Trained is { } module)
            {
                optimizer.Add(module.parameters(), method.LearningRateMultiplier ?? classifiers, masters);
            }
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
    /// Lets the methods that prepare themselves (<see cref="AdaptationMethod.NeedsPreparation"/>) learn from the source what their losses
    /// need, before the first step; without one it does nothing.
    /// </summary>
    /// <param name="source">Batches of source crops, read once; one at a time where a single method asks for them.</param>
    /// <exception cref="InvalidOperationException">No pixel of the crops belongs to a class.</exception>
    public void Prepare(IEnumerable<TrainingBatch> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Adapter[] asking = [.. adaptations.Where(static adaptation => adaptation.Method.NeedsPreparation).Select(static adaptation => adaptation.Adapter)];
        IEnumerable<TrainingBatch> batches = asking.Length > 1 ? [.. source] : source;
        foreach (Adapter adapter in asking)
        {
            adapter.Prepare(batches, Images);
        }
    }

    /// <summary>What happens to gradients between the backward pass and the optimiser; null, the default, for nothing.</summary>
    public IGradientExchange? Exchange { get; set; }

    /// <summary>The number of the next step, from 0.</summary>
    public long Iteration { get; internal set; }

    /// <summary>The seed of what the methods draw.</summary>
    internal long Seed { get; }

    /// <summary>How pixels become the network's input.</summary>
    internal InputNormalization Normalization => normalization;

    /// <summary>The kind of the device of everything.</summary>
    internal DeviceType DeviceType => device.type;

    /// <summary>The device of everything, as libtorch names it.</summary>
    internal string DeviceName => device.ToString();

    /// <summary>The methods at work.</summary>
    internal IReadOnlyList<RunningAdaptation> Adaptations => adaptations;

    /// <summary>What steps change, to be stored before the next one; generators' states belong to the caller's dispose scope.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> State() => EngineState.Read(network, adaptations, optimizer, device);

    /// <summary>
    /// Takes over what <see cref="State"/> of an engine with the same networks and options gave, so that the next step is the one that
    /// would have followed there. What <see cref="Prepare"/> learned is no part of it.
    /// </summary>
    /// <param name="file">The stored tensors.</param>
    /// <param name="mayLackVelocities">Whether the file is of those that leave out the velocities of parameters that have not moved yet.</param>
    /// <param name="hasEarlierNames">Whether the file is of those that named the tensors of the methods otherwise.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, not finite or unknown, or has another shape or type.</exception>
    internal void Restore(WeightsFile file, bool mayLackVelocities = false, bool hasEarlierNames = false) =>
        EngineState.Restore(file, network, adaptations, optimizer, device, mayLackVelocities, hasEarlierNames);

    /// <summary>
    /// What tells that the training has diverged: a loss since the last reading, or a tensor of the state, that is not finite. Null where
    /// nothing does; this waits for the device.
    /// </summary>
    internal string? FindDivergence()
    {
        if (!segmentationMeter.IsFinite || adaptationMeters.Values.Any(static entry => !entry.Meter.IsFinite))
        {
            return ReadLosses().Describe();
        }

        using DisposeScope scope = NewDisposeScope();
        return FiniteTensors.FindDefect(State()) is { } name ? $"the tensor '{name}' is not finite" : null;
    }

    /// <summary>Computes the losses of a batch, back-propagates them and moves the weights.</summary>
    /// <param name="batch">Source crops, and target crops where the options need them.</param>
    /// <param name="learningRate">The backbone's learning rate, at least 0; the head and what methods train learn by their multiplier faster.</param>
    /// <exception cref="ArgumentException">The options need target crops and the batch has none.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="learningRate"/> is negative.</exception>
    public void Step(TrainingBatch batch, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using DisposeScope scope = NewDisposeScope();
        optimizer.ClearGradients();
        Loss(batch)?.backward();
        Exchange?.Average([.. optimizer.Parameters.Select(static parameter => parameter.grad)]);
        optimizer.Step(learningRate);
        foreach (RunningAdaptation adaptation in adaptations)
        {
            adaptation.Adapter.StepDone(Iteration);
        }

        Iteration++;
    }

    /// <summary>The joint loss of a batch, with its graph: that of Eq. 5 where ROAD's methods are on.</summary>
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

        using AdaptationStep step = new(network, teacher, Seed, Iteration, batch, images, features, source, target);
        foreach (RunningAdaptation adaptation in adaptations)
        {
            foreach (LossTerm term in adaptation.Losses(step))
            {
                MeterOf(adaptation.Method, term.Name).Add(term.Value);
                total = Sum(total, term.Total);
            }
        }

        return total?.MoveToOuterDisposeScope();
    }

    /// <summary>Reads the mean losses since the last reading; this waits for the device.</summary>
    /// <returns>The losses.</returns>
    public StepLosses ReadLosses() => new(segmentationMeter.ReadAndReset())
    {
        Adaptation = [.. adaptationMeters.Select(static pair => (pair.Key, Value: pair.Value.Meter.ReadAndReset()))
            .Where(static pair => pair.Value.HasValue).Select(static pair => new NamedLoss(pair.Key, pair.Value!.Value))],
    };

    /// <summary>
    /// Copies the weights that the training would give now: those of the network in training, in float32 whatever it computes in, or of a
    /// method's <see cref="Adapter.Result"/>.
    /// </summary>
    /// <param name="copy">A network of the same factory and number of classes, its weights <c>float32</c>, on any device.</param>
    internal void CopyWeightsTo(SegmentationNetwork copy)
    {
        if (Result is { } result)
        {
            copy.load_state_dict(result.state_dict());
            return;
        }

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

    /// <summary>
    /// Ends the training: where a method has a <see cref="Adapter.Result"/>, the network gets its weights and computes in float32, and no
    /// step may follow.
    /// </summary>
    internal void Finish()
    {
        if (Result is { } result)
        {
            masters?.Dispose();
            network.load_state_dict(result.state_dict());
        }
    }

    /// <summary>Frees the optimiser and what the methods made, and gives networks in bfloat16 their float32 weights.</summary>
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
        foreach (RunningAdaptation adaptation in adaptations)
        {
            adaptation.Adapter.Dispose();
        }

        foreach ((_, LossMeter meter) in adaptationMeters.Values)
        {
            meter.Dispose();
        }

        segmentationMeter.Dispose();
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

    /// <summary>The weights of the training's result, where a method keeps them apart.</summary>
    private SegmentationNetwork? Result => adaptations.Select(static adaptation => adaptation.Adapter.Result).FirstOrDefault(static result => result is not null);

    private LossMeter MeterOf(AdaptationMethod method, string name)
    {
        if (!adaptationMeters.TryGetValue(name, out (AdaptationMethod Method, LossMeter Meter) entry))
        {
            entry = (method, new LossMeter());
            adaptationMeters.Add(name, entry);
        }

        return ReferenceEquals(entry.Method, method) && name != StepLosses.SegmentationName
            ? entry.Meter
            : throw new InvalidOperationException(
                $"The adaptation method '{method.Name}' reports a loss '{name}', as {(name == StepLosses.SegmentationName ? "the training itself" : $"'{entry.Method.Name}'")} does.");
    }

    /// <summary>The head trains, the backbone's batch norm does not: a few crops of two domains are too small a sample.</summary>
    private void SetTrainingMode()
    {
        network.train();
        network.Backbone.FreezeNormalization();
    }
}
