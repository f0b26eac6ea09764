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
    private readonly SegmentationNetwork _network;
    private readonly Backbone? _teacher;
    private readonly TrainingOptions _options;
    private readonly InputNormalization _normalization;
    private readonly Device _device;
    private readonly List<RunningAdaptation> _adaptations = [];
    private readonly Optimizer _optimizer;
    private readonly ScalarType _inputType;
    private readonly bool _mayBeChannelsLast;
    private readonly MasterWeights? _masters;
    private readonly WeightAverage? _average;
    private readonly TensorFloat32? _tensorFloat32;
    private readonly SegmentationLossOptions _losses;
    private readonly Tensor? _classWeights;
    private readonly TorchSharp.Modules.BatchNorm2d[] _frozenNorms;
    private readonly LossMeter _segmentationMeter = new();
    private readonly LossMeter _targetSegmentationMeter = new();
    private readonly OrderedDictionary<string, (AdaptationMethod Method, LossMeter Meter)> _adaptationMeters = [];
    private bool _areClassesWeighed;
    private bool _disposed;

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
    /// Makes another network of the same factory and number of classes, on any device; needed by methods that ask for a twin. Null for
    /// none.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A method needs the pretrained backbone and there is none, or gives the result itself while weights are to be averaged.
    /// </exception>
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

        _network = network;
        _teacher = options.NeedsTeacher ? teacher : null;
        _options = options;
        _normalization = normalization;
        _device = device;
        Seed = seed;
        network.Backbone.FreezeStages(options.FrozenStages);
        _frozenNorms = [.. network.Backbone.modules().OfType<TorchSharp.Modules.BatchNorm2d>()];
        SetTrainingMode();
        _teacher?.eval();
        AdaptationMethod[] methods = [.. options.Adaptations.On];
        AdaptationContext context = new(
            network, _teacher, normalization, device, seed, options.Precision, options.Iterations, methods, createTwin);
        foreach (AdaptationMethod method in methods)
        {
            _adaptations.Add(new RunningAdaptation(method, method.Create(context)));
        }

        _inputType = options.Precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        _mayBeChannelsLast = _inputType != ScalarType.BFloat16 || !network.HasLayersUnfitForChannelsLast;
        if (_inputType == ScalarType.BFloat16)
        {
            _masters = ConvertToBFloat16();
            context.Masters = _masters;
        }

        _tensorFloat32 = options.AllowTensorFloat32 && device.type == DeviceType.CUDA ? new TensorFloat32() : null;
        _optimizer = options.Optimizer.Create(options.MaxGradientNorm);
        _losses = options.Losses.Copy();
        _classWeights = _losses.ClassWeights is null ? null : ones([network.ClassCount], device: device).DetachFromDisposeScope();
        AddParameters();
        try
        {
            _average = CreateAverage();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Weighs the classes by what the source holds, as <see cref="SegmentationLossOptions.ClassWeights"/> says; to be called before the
    /// first step where that is set. <see cref="RoadTraining"/> does so by itself. Without a weighting it does nothing.
    /// </summary>
    /// <param name="source">What all labels of the source hold.</param>
    /// <exception cref="ArgumentException">There are counts of another number of classes than the network has.</exception>
    /// <exception cref="InvalidOperationException">The weighting gave numbers that cannot be scaled.</exception>
    public void WeighClasses(ClassCounts source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Pixels.Count != ClassCount)
        {
            throw new ArgumentException($"Expected counts of {ClassCount} classes, not {source.Pixels.Count}.", nameof(source));
        }

        if (_losses.ClassWeights is { } weighting)
        {
            using DisposeScope scope = NewDisposeScope();
            float[] weights = [.. weighting.Compute(source).Select(static weight => (float)weight)];
            _classWeights!.copy_(tensor(weights));
            _areClassesWeighed = true;
        }
    }

    /// <summary>
    /// Sets the scale of the network's features by the source crops of a batch (<see cref="SegmentationNetwork.NormalizeFeatures"/>).
    /// </summary>
    /// <param name="batch">The training's first batch.</param>
    public void NormalizeFeatures(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using DisposeScope scope = NewDisposeScope();
        _network.NormalizeFeatures(Images(batch).narrow(0, 0, batch.SourceCount));
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
        Adapter[] asking = [
            .. _adaptations.Where(static adaptation => adaptation.Method.NeedsPreparation).Select(static adaptation => adaptation.Adapter)];
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

    /// <summary>What each class weighs in L_seg; null where all weigh alike.</summary>
    internal IReadOnlyList<double>? ClassWeights
    {
        get
        {
            using DisposeScope scope = NewDisposeScope();
            return _classWeights is null ? null : [.. _classWeights.cpu().data<float>().ToArray().Select(static weight => (double)weight)];
        }
    }

    /// <summary>The number of classes, K.</summary>
    internal int ClassCount => _network.ClassCount;

    /// <summary>The seed of what the methods draw.</summary>
    internal long Seed { get; }

    /// <summary>How pixels become the network's input.</summary>
    internal InputNormalization Normalization => _normalization;

    /// <summary>The kind of the device of everything.</summary>
    internal DeviceType DeviceType => _device.type;

    /// <summary>The device of everything, as libtorch names it.</summary>
    internal string DeviceName => _device.ToString();

    /// <summary>The methods at work.</summary>
    internal IReadOnlyList<RunningAdaptation> Adaptations => _adaptations;

    /// <summary>What steps change, to be stored before the next one; generators' states belong to the caller's dispose scope.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> State() => EngineState.Read(
        _network, _adaptations, _optimizer, _average, _device, _classWeights);

    /// <summary>
    /// Takes over what <see cref="State"/> of an engine with the same networks and options gave, so that the next step is the one that
    /// would have followed there. What <see cref="Prepare"/> learned is no part of it.
    /// </summary>
    /// <param name="file">The stored tensors.</param>
    /// <param name="mayLackVelocities">
    /// Whether the file is of those that leave out the velocities of parameters that have not moved yet.
    /// </param>
    /// <param name="hasEarlierNames">Whether the file is of those that named the tensors of the methods otherwise.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, not finite or unknown, or has another shape or type.</exception>
    internal void Restore(WeightsFile file, bool mayLackVelocities = false, bool hasEarlierNames = false)
    {
        EngineState.Restore(
            file, _network, _adaptations, _optimizer, _average, _device, _classWeights, mayLackVelocities, hasEarlierNames);
        _areClassesWeighed = true;
    }

    /// <summary>
    /// What tells that the training has diverged: a loss since the last reading, or a tensor of the state, that is not finite. Null where
    /// nothing does; this waits for the device.
    /// </summary>
    internal string? FindDivergence()
    {
        if (!_segmentationMeter.IsFinite || !_targetSegmentationMeter.IsFinite
            || _adaptationMeters.Values.Any(static entry => !entry.Meter.IsFinite))
        {
            return ReadLosses().Describe();
        }

        using DisposeScope scope = NewDisposeScope();
        return FiniteTensors.FindDefect(State()) is { } name ? $"the tensor '{name}' is not finite" : null;
    }

    /// <summary>Computes the losses of a batch, back-propagates them and moves the weights.</summary>
    /// <param name="batch">Source crops, and target crops where the options need them.</param>
    /// <param name="learningRate">
    /// The backbone's learning rate, at least 0; the head and what methods train learn by their multiplier faster.
    /// </param>
    /// <exception cref="ArgumentException">The options need target crops and the batch has none.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="learningRate"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">
    /// Classes are to be weighed, and <see cref="WeighClasses"/> was not called.
    /// </exception>
    public void Step(TrainingBatch batch, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using DisposeScope scope = NewDisposeScope();
        if (Iteration == 0)
        {
            // Only now: before the first step, weights and the features' scale may still have been set.
            _average?.Follow(0);
        }

        _optimizer.ClearGradients();
        ReadGraphs(batch, static loss => loss.backward());
        Exchange?.Average([.. _optimizer.Parameters.Select(static parameter => parameter.grad)]);
        _optimizer.Step(learningRate);
        _average?.Follow(Iteration + 1);
        foreach (RunningAdaptation adaptation in _adaptations)
        {
            adaptation.Adapter.StepDone(Iteration);
        }

        Iteration++;
    }

    /// <summary>The joint loss of a batch, with its graph: that of Eq. 5 where ROAD's methods are on.</summary>
    /// <param name="batch">Source crops, and target crops where the options need them.</param>
    /// <returns>A scalar, <c>float32</c>; null where no term applies (no labelled pixel and no adaptation).</returns>
    /// <exception cref="ArgumentException">The options need target crops and the batch has none.</exception>
    /// <exception cref="InvalidOperationException">
    /// Classes are to be weighed, and <see cref="WeighClasses"/> was not called.
    /// </exception>
    public Tensor? Loss(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using DisposeScope scope = NewDisposeScope();
        Tensor? total = null;
        ReadGraphs(batch, loss => total = Sum(total, loss).MoveToOuterDisposeScope());
        return total?.MoveToOuterDisposeScope();
    }

    /// <summary>Reads the mean losses since the last reading; this waits for the device.</summary>
    /// <returns>The losses.</returns>
    public StepLosses ReadLosses() => new(_segmentationMeter.ReadAndReset())
    {
        TargetSegmentation = _targetSegmentationMeter.ReadAndReset(),
        Adaptation = [.. _adaptationMeters.Select(static pair => (pair.Key, Value: pair.Value.Meter.ReadAndReset()))
            .Where(static pair => pair.Value.HasValue).Select(static pair => new NamedLoss(pair.Key, pair.Value!.Value))],
    };

    /// <summary>
    /// Copies the weights that the training would give now: those of the network in training or their running mean, in float32 whatever it
    /// computes in, or of a method's <see cref="Adapter.Result"/>.
    /// </summary>
    /// <param name="copy">A network of the same factory and number of classes, its weights <c>float32</c>, on any device.</param>
    internal void CopyWeightsTo(SegmentationNetwork copy)
    {
        if (Result is { } result)
        {
            copy.load_state_dict(result.state_dict());
            return;
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        copy.load_state_dict(_network.state_dict());
        foreach ((Parameter parameter, Parameter copied) in _network.parameters().Zip(copy.parameters()))
        {
            if (_masters?.Of(parameter) is { } master)
            {
                copied.copy_(master);
            }
        }

        _average?.CopyTo(copy);
    }

    /// <summary>
    /// Ends the training: where weights are averaged or a method has a <see cref="Adapter.Result"/>, the network gets those weights and
    /// computes in float32, and no step may follow.
    /// </summary>
    internal void Finish()
    {
        if (Result is { } result)
        {
            _masters?.Dispose();
            _network.load_state_dict(result.state_dict());
        }
        else if (_average is not null)
        {
            _masters?.Dispose();
            _average.CopyTo(_network);
        }
    }

    /// <summary>Frees the optimiser and what the methods made, and gives networks in bfloat16 their float32 weights.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _masters?.Dispose();
        _tensorFloat32?.Dispose();
        _optimizer.Dispose();
        _average?.Dispose();
        foreach (RunningAdaptation adaptation in _adaptations)
        {
            adaptation.Adapter.Dispose();
        }

        foreach ((_, LossMeter meter) in _adaptationMeters.Values)
        {
            meter.Dispose();
        }

        _segmentationMeter.Dispose();
        _targetSegmentationMeter.Dispose();
        _classWeights?.Dispose();
    }

    private MasterWeights ConvertToBFloat16()
    {
        MasterWeights masters = new();
        IEnumerable<nn.Module?> trained = _adaptations.Select(static adaptation => adaptation.Adapter.Trained);
        foreach (nn.Module module in trained.Prepend(_teacher).Prepend(_network).OfType<nn.Module>())
        {
            masters.Convert(module);
        }

        return masters;
    }

    /// <summary>The running mean of the weights, if it is asked for.</summary>
    private WeightAverage? CreateAverage()
    {
        if (_options.WeightAveraging.Decay is not { } decay)
        {
            return null;
        }

        if (_adaptations.FirstOrDefault(static adaptation => adaptation.Adapter.Result is not null) is { } rival)
        {
            throw new ArgumentException(
                $"The adaptation method '{rival.Method.Name}' says whose weights are the result, so {nameof(_options.WeightAveraging)} "
                + "cannot: set its Decay to null.");
        }

        SegmentationNetwork? shared = _adaptations.Select(static adaptation => adaptation.Adapter.RunningMean)
            .FirstOrDefault(mean => mean?.Decay == decay)?.Network;
        return new WeightAverage(_network, _masters, decay, shared);
    }

    /// <summary>Gives the optimiser backbone, head and what methods train, each with a rate of its own.</summary>
    private void AddParameters()
    {
        HashSet<IntPtr> backbone = [.. _network.Backbone.parameters().Select(parameter => parameter.Handle)];
        _optimizer.Add(_network.Backbone.parameters(), 1, _masters);
        _optimizer.Add(
            _network.parameters().Where(parameter => !backbone.Contains(parameter.Handle)), _options.HeadLearningRateMultiplier, _masters);
        double classifiers = _options.ClassifierLearningRateMultiplier ?? _options.HeadLearningRateMultiplier;
        foreach ((AdaptationMethod method, Adapter adapter) in _adaptations)
        {
            if (adapter.Trained is { } module)
            {
                _optimizer.Add(module.parameters(), method.LearningRateMultiplier ?? classifiers, _masters);
            }
        }
    }

    private Tensor Images(TrainingBatch batch) => Images(batch.Pixels, batch.SourceCount + batch.TargetCount, batch.Size);

    private Tensor Images(byte[] pixels, int count, int size) => _network
        .Normalize(_normalization, pixels.ToTensor(count, size, size, 3).MoveTo(_device), _mayBeChannelsLast)
        .to(_inputType);

    private Tensor Labels(byte[] labels, int count, int size) => labels.ToTensor(count, size, size).MoveTo(_device).to(ScalarType.Int64);

    /// <summary>
    /// Computes the losses of a batch and hands them out graph by graph: first the sum of those that share the batch's features, then that
    /// of labelled target crops, then each that a method makes of images of its own.
    /// </summary>
    private void ReadGraphs(TrainingBatch batch, Action<Tensor> use)
    {
        if (_options.NeedsTarget && batch.TargetCount == 0)
        {
            throw new ArgumentException("These options adapt to the target domain, but the batch has no target crops.", nameof(batch));
        }

        using DisposeScope scope = NewDisposeScope();
        if (!_network.training || _frozenNorms.Any(static norm => norm.training))
        {
            SetTrainingMode();
        }

        Tensor images = Images(batch);
        BackboneFeatures? all = null;
        BackboneFeatures source;
        BackboneFeatures? target = null;
        if (_options.NeedsTarget && !_options.NeedsTargetFeatures)
        {
            source = _network.Extract(images.narrow(0, 0, batch.SourceCount));
        }
        else
        {
            all = _network.Extract(images);
            (source, target) = all.Split(batch.SourceCount);
        }

        Tensor? total = null;
        if (batch.HasLabelledPixels)
        {
            total = Segmentation(source, Labels(batch.Labels, batch.SourceCount, batch.Size));
            _segmentationMeter.Add(total);
        }

        using AdaptationStep step = new(_network, _teacher, Seed, Iteration, batch, images, all, source, target);
        foreach (RunningAdaptation adaptation in _adaptations)
        {
            foreach (LossTerm term in adaptation.Losses(step))
            {
                MeterOf(adaptation.Method, term.Name).Add(term.Value);
                total = Sum(total, term.Total);
            }
        }

        if (total is not null)
        {
            use(total);
        }

        if (_options.TargetLabelWeight > 0 && batch.HasLabelledTargetPixels)
        {
            use(TargetSegmentation(batch));
        }

        foreach (RunningAdaptation adaptation in _adaptations)
        {
            foreach (LossTerm term in adaptation.SeparateLosses(step))
            {
                MeterOf(adaptation.Method, term.Name).Add(term.Value);
                use(term.Total);
            }
        }
    }

    private static Tensor Sum(Tensor? total, Tensor term) => total is null ? term : total.Plus(term);

    private Tensor Segmentation(BackboneFeatures features, Tensor labels)
    {
        if (_classWeights is not null && !_areClassesWeighed)
        {
            throw new InvalidOperationException(
                $"{nameof(_options.Losses)}.{nameof(_losses.ClassWeights)} is set, and nothing has told what the source holds: call "
                + $"{nameof(WeighClasses)} before the first step.");
        }

        Tensor loss = Supervised(_network.Classify(features));
        if (_network.ClassifyAuxiliary(features) is Tensor auxiliary)
        {
            loss = loss.Plus(Supervised(auxiliary).Times(_network.AuxiliaryWeight));
        }

        return loss;

        Tensor Supervised(Tensor logits) => SupervisedLoss.Compute(logits.to(ScalarType.Float32), labels, _losses, _classWeights);
    }

    /// <summary>
    /// The weighted loss of the labelled target crops, by a pass of their own: no method takes them for crops of the source, or of the
    /// target.
    /// </summary>
    private Tensor TargetSegmentation(TrainingBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        BackboneFeatures features = _network.Extract(Images(batch.LabelledTargetPixels, batch.LabelledTargetCount, batch.Size));
        Tensor loss = Segmentation(features, Labels(batch.LabelledTargetLabels, batch.LabelledTargetCount, batch.Size));
        _targetSegmentationMeter.Add(loss);
        return loss.Times(_options.TargetLabelWeight).MoveToOuterDisposeScope();
    }

    /// <summary>The weights of the training's result, where a method keeps them apart.</summary>
    private SegmentationNetwork? Result =>
        _adaptations.Select(static adaptation => adaptation.Adapter.Result).FirstOrDefault(static result => result is not null);

    private LossMeter MeterOf(AdaptationMethod method, string name)
    {
        if (!_adaptationMeters.TryGetValue(name, out (AdaptationMethod Method, LossMeter Meter) entry))
        {
            entry = (method, new LossMeter());
            _adaptationMeters.Add(name, entry);
        }

        bool isOfTraining = name is StepLosses.SegmentationName or StepLosses.TargetSegmentationName;
        return ReferenceEquals(entry.Method, method) && !isOfTraining
            ? entry.Meter
            : throw new InvalidOperationException(
                $"The adaptation method '{method.Name}' reports a loss '{name}', as "
                + $"{(isOfTraining ? "the training itself" : $"'{entry.Method.Name}'")} does.");
    }

    /// <summary>The head trains, the backbone's batch norm does not: a few crops of two domains are too small a sample.</summary>
    private void SetTrainingMode()
    {
        _network.train();
        _network.Backbone.FreezeNormalization();
    }
}
