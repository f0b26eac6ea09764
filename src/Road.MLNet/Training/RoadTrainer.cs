using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
using Road.MLNet.Interop;
using Road.MLNet.Scoring;
using Road.Torch;
using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using Road.Torch.Weights.Download;
using TorchSharp;

namespace Road.MLNet;

/// <summary>
/// Trains a segmentation network on labelled source images and unlabelled target images with ROAD (Chen, Li and Van
/// Gool, CVPR 2018): target guided distillation and spatial-aware adaptation beside the supervised loss.
/// </summary>
/// <remarks>
/// Images are <c>MLImage</c> columns; labels are <c>Vector&lt;Key&lt;byte&gt;&gt;</c> columns, as
/// <see cref="LabelMaskCatalog"/> makes them. The seed of the <see cref="MLContext"/> decides every random choice; with
/// the same seed a training on a CPU gives the same weights. A training with a
/// <see cref="TrainingOptions.CheckpointDirectory"/> goes on only in a context with the seed that it began with.
/// </remarks>
public sealed class RoadTrainer : IEstimator<RoadTransformer>
{
    private readonly IHost _host;
    private readonly RoadTrainerOptions _options;

    internal RoadTrainer(IHostEnvironment environment, RoadTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        _host = environment.Register(nameof(RoadTrainer));
        _options = options;
    }

    /// <summary>Trains on one view that holds the columns of both domains; its rows pair nothing.</summary>
    /// <param name="input">A view with the source image, source label and target image columns.</param>
    /// <returns>The transformer that scores images of the target column.</returns>
    /// <inheritdoc cref="Fit(IDataView, IDataView)" path="/exception"/>
    public RoadTransformer Fit(IDataView input) => Fit(input, input);

    /// <summary>Trains on two views, one for each domain, of any lengths.</summary>
    /// <param name="source">A view with the source image and source label columns.</param>
    /// <param name="target">A view with the target image column; it may lack it where neither loss adapts.</param>
    /// <returns>The transformer that scores images of the target column.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">
    /// Curriculum domain adaptation, or another method that needs them, is on without pretrained weights; the initial model is of another
    /// network or other classes; a domain has no rows; no source pixel carries a
    /// label; target labels are asked for and no row has one, or they have other classes; the checkpoint is of another training; the
    /// training is to go back where it diverges, without a checkpoint; more than one <see cref="KeepBest"/> is to give the result.
    /// </exception>
    /// <exception cref="TrainingDivergedException">Losses or weights are not finite.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read or written, or another training has its folder.</exception>
    /// <exception cref="InvalidDataException">
    /// An image or a mask cannot be read, or a mask has another size than its image; where bad samples are skipped, none of a pass can be
    /// used; or the checkpoint is damaged.
    /// </exception>
    /// <exception cref="WeightsDownloadException">Published weights are not there and cannot be downloaded.</exception>
    /// <exception cref="NotSupportedException">There are no published weights of the network's backbone.</exception>
    /// <exception cref="OperationCanceledException">
    /// The options' token was cancelled; after the first step it is a <see cref="TrainingCanceledException"/>, which says after which.
    /// </exception>
    public RoadTransformer Fit(IDataView source, IDataView target)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Fit([new WeightedSource(source)], target);
    }

    /// <summary>
    /// Trains on several source domains at once, such as two synthetic sets, and a target domain. Each source crop is of a domain that is
    /// drawn by its weight, whatever the domains' lengths; images of each may have a size of their own. Where rare classes are drawn
    /// (<see cref="CropStreamOptions.RareClasses"/>), they are those of the domain.
    /// </summary>
    /// <param name="sources">The source domains, at least one.</param>
    /// <param name="target">A view with the target image column; it may lack it where neither loss adapts.</param>
    /// <returns>The transformer that scores images of the target column.</returns>
    /// <exception cref="ArgumentException">There is no source.</exception>
    /// <inheritdoc cref="Fit(IDataView, IDataView)" path="/exception"/>
    public RoadTransformer Fit(IReadOnlyList<WeightedSource> sources, IDataView target)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(target);
        if (sources.Count == 0)
        {
            throw new ArgumentException("A training needs at least one source.", nameof(sources));
        }

        DataViewSchema.Column label = Check(sources, target);
        using IChannel channel = _host.Start("Training");
        torch.Device device = TorchDevice.Select(_host, channel);
        string[] classNames = LabelColumn.ReadClassNames(label);
        int seed = _host.Rand.Next();
        SegmentationNetwork network = _options.Network.Create(classNames.Length);
        Backbone? pretrained = null;
        try
        {
            BackboneWeights? weights = ChooseWeights(network.Backbone.GetName(), channel);
            (InputNormalization normalization, WeightsReport? report) = Prepare(network, weights, seed, channel);
            if (_options.InitialModel is { } initial)
            {
                pretrained = report is null || !_options.NeedsTeacher ? null : CopyBackbone(network);
                normalization = GoOnFrom(initial, network, classNames, pretrained is null ? null : normalization, channel);
            }

            IReadOnlyDictionary<string, string> facts = _options.CheckpointDirectory is null
                ? TrainerFacts.Shortly(_options, weights, classNames)
                : TrainerFacts.Of(_options, network, pretrained ?? (report is null ? null : network.Backbone), classNames, sources);
            TrainingEnd end = Train(new TrainingJob(
                network, pretrained, normalization, sources, target, device, seed, channel, facts, report, classNames, CreateTransformer));
            TakeBest(network, channel);
            RoadTransformer model = CreateTransformer(network);
            model.Training = end;
            return model;

            RoadTransformer CreateTransformer(SegmentationNetwork trained, string? score = null) => new(_host, new RoadModel(
                _options.Network,
                trained,
                classNames,
                LabelColumn.ReadColors(label),
                normalization,
                _options.TargetImageSize,
                score is null ? TrainerColumns.OfModel(_options) : TrainerColumns.OfModel(_options) with { Score = score },
                _options.Scoring,
                _options.ImageOrientation,
                _options.ImageFit));
        }
        catch
        {
            network.Dispose();
            throw;
        }
        finally
        {
            pretrained?.Dispose();
        }
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return TrainerColumns.Output(_host, inputSchema, _options);
    }

    /// <summary>Refuses views and options that cannot be trained on; returns the column of labels.</summary>
    private DataViewSchema.Column Check(IReadOnlyList<WeightedSource> sources, IDataView target)
    {
        foreach (WeightedSource source in sources)
        {
            TrainerColumns.CheckImage(_host, source.View.Schema, _options.SourceImageColumnName, "source image");
        }

        DataViewSchema.Column[] labels = [.. sources.Select(
            source => TrainerColumns.CheckLabel(_host, source.View.Schema, _options.SourceLabelColumnName))];
        DataViewSchema.Column label = labels[0];
        foreach ((int index, DataViewSchema.Column other) in labels.Index())
        {
            CheckClasses(other, label, $"labels of source {index + 1}", "first");
        }

        if (_options.NeedsTarget || _options.TargetLabelColumnName is not null)
        {
            TrainerColumns.CheckImage(_host, target.Schema, _options.TargetImageColumnName, "target image");
        }

        CheckTargetLabel(target, label);

        if (_options.Contradiction is { } contradiction)
        {
            throw _host.Except(contradiction);
        }

        if (ResultKeepers.Skip(1).Any())
        {
            throw _host.Except(
                $"{ResultKeepers.Count()} observers are to give the result: set {nameof(KeepBest.IsResult)} of all but one "
                + $"{nameof(KeepBest)} to false.");
        }

        return label;
    }

    /// <summary>
    /// The pretrained weights: those that the options name, else those beside the application, where a method needs some and no model to
    /// go on from has them. Without any, distillation, which is on unless someone takes it out, is left out; other methods are an error.
    /// </summary>
    private BackboneWeights? ChooseWeights(string backbone, IChannel channel)
    {
        foreach (Distillation method in _options.Adaptations.OfType<Distillation>())
        {
            method.IsLeftOut = false;
        }

        if (_options.BackboneWeights is not null || _options.InitialModel is not null || !_options.NeedsTeacher)
        {
            return _options.BackboneWeights;
        }

        if (BackboneWeights.FindBeside(backbone) is { } packaged)
        {
            return packaged;
        }

        AdaptationMethod[] needy = [.. _options.Adaptations.On.Where(static method => method.NeedsPretrainedBackbone)];
        if (needy.FirstOrDefault(static method => method is not Distillation) is { } other)
        {
            throw _host.Except(
                $"The adaptation method '{other.Name}' works with the backbone's pretrained weights, and there are none: set "
                + $"{nameof(_options.BackboneWeights)}, or take it out of {nameof(_options.Adaptations)}.");
        }

        foreach (Distillation method in needy.Cast<Distillation>())
        {
            method.IsLeftOut = true;
        }

        channel.Warning(
            $"Distillation is left out: it holds the backbone to its pretrained weights, and there are none. A network that starts from "
            + $"random weights learns little, so set {nameof(_options.BackboneWeights)}, such as {nameof(BackboneWeights)}."
            + $"{nameof(BackboneWeights.ImageNet)}, which is downloaded once; or set {nameof(_options.DistillationWeight)} to 0.");
        return null;
    }

    /// <summary>Puts a trained model's weights into the network; returns the input that they expect.</summary>
    /// <param name="initial">The model.</param>
    /// <param name="network">The network.</param>
    /// <param name="classNames">The classes.</param>
    /// <param name="expected">The input that the pretrained twin's weights expect; null where there is none.</param>
    /// <param name="channel">Where it is told.</param>
    private InputNormalization GoOnFrom(
        InitialModel initial, SegmentationNetwork network, string[] classNames, InputNormalization? expected, IChannel channel)
    {
        InputNormalization normalization = initial.LoadInto(network, _options.Network, classNames);
        if (expected is not null && CheckpointFacts.Describe(expected) != CheckpointFacts.Describe(normalization))
        {
            throw _host.Except(
                $"The initial model, {initial}, expects images normalised by {CheckpointFacts.Describe(normalization)}, and "
                + $"{nameof(_options.BackboneWeights)} by {CheckpointFacts.Describe(expected)}; both see the same images.");
        }

        channel.Info(MessageSensitivity.UserData, $"{_options.Network.Name} goes on from the weights of {initial}.");
        return normalization;
    }

    /// <summary>The observers that are to give the result.</summary>
    private IEnumerable<KeepBest> ResultKeepers => _options.Observers.OfType<KeepBest>().Where(static keeper => keeper.IsResult);

    /// <summary>Puts the best weights in the place of the last, where an observer has kept them.</summary>
    private void TakeBest(SegmentationNetwork network, IChannel channel)
    {
        if (ResultKeepers.SingleOrDefault() is not { } keeper)
        {
            return;
        }

        keeper.MoveBestTo(network);
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"The result is the model of iteration {keeper.BestIteration}, the best by {keeper.Metric.Name} ({keeper.BestValue:G4})."));
    }

    /// <summary>Refuses target labels of other classes than the source's.</summary>
    private void CheckTargetLabel(IDataView target, DataViewSchema.Column sourceLabel)
    {
        if (_options.TargetLabelColumnName is not { } name)
        {
            return;
        }

        CheckClasses(
            TrainerColumns.CheckLabel(_host, target.Schema, name, "target label"),
            sourceLabel,
            $"target labels in the column '{name}'",
            "source");
    }

    private void CheckClasses(DataViewSchema.Column label, DataViewSchema.Column expected, string labels, string whose)
    {
        string[] classes = LabelColumn.ReadClassNames(label);
        string[] others = LabelColumn.ReadClassNames(expected);
        if (!classes.SequenceEqual(others, StringComparer.Ordinal))
        {
            throw _host.Except(
                $"The {labels} have the classes {string.Join(", ", classes)}, those of the {whose} {string.Join(", ", others)}: they must "
                + "be the same, in the same order.");
        }
    }

    /// <summary>A twin of the network in training, on the CPU.</summary>
    private SegmentationNetwork Copy(RoadEngine engine, int classCount) =>
        NetworkTwin.Create(() => _options.Network.Create(classCount), engine.CopyWeightsTo);

    /// <summary>Gives the network its starting weights: pretrained where there are any, random elsewhere.</summary>
    private (InputNormalization Normalization, WeightsReport? Report) Prepare(
        SegmentationNetwork network, BackboneWeights? chosen, int seed, IChannel channel)
    {
        using (torch.Generator generator = new((ulong)seed, torch.CPU))
        {
            network.InitializeWeights(generator);
        }

        if (chosen is not { } weights)
        {
            if (_options.InitialModel is null)
            {
                channel.Info(MessageSensitivity.None, $"{_options.Network.Name} starts from random weights.");
            }

            return (InputNormalization.ImageNet, null);
        }

        WeightsReport report = weights.LoadInto(
            network.Backbone, out InputNormalization normalization, new ChannelDownloadProgress(channel), _options.CancellationToken);
        channel.Info(MessageSensitivity.None, $"{_options.Network.Name}: {report}");
        return (normalization, report);
    }

    private TrainingEnd Train(TrainingJob job)
    {
        SegmentationNetwork network = job.Network;
        network.to(job.Device);
        using Backbone? teacher = CreateTeacher(job);
        using RoadEngine engine = new(
            network, teacher, _options, job.Normalization, job.Device, job.Seed + 1L, () => _options.Network.Create(network.ClassCount));
        Announce(job);
        using DomainCrops crops = new(job.Sources, job.Target, _options, job.Seed, job.Channel);
        ChannelObserver log = new(job.Channel, job.ClassNames, _options.Losses.ClassWeights, TimeProvider.System);
        ITrainingObserver[] evaluation = _options.Evaluation is { } evaluate ? [new EvaluationObserver(evaluate)] : [];
        try
        {
            RoadTraining training = new(engine, _options, crops.Source, crops.Target)
            {
                LabelledTarget = crops.LabelledTarget,
                Facts = job.Facts,
                Observers = [log, .. evaluation],
                StepDone = log.StepDone,
                Weights = job.Weights,
                CreateSnapshot = (iteration, elapsed) => new RoadTrainingSnapshot(
                    engine, iteration, _options.Iterations, elapsed, () => Copy(engine, network.ClassCount), job.CreateTransformer),
                Warn = message => job.Channel.Warning(MessageSensitivity.UserData, message),
            };
            return training.Run();
        }
        finally
        {
            crops.ReportSkipped(job.Channel);
        }
    }

    /// <summary>
    /// The frozen twin of the backbone, where a method asks for it; the student has its pretrained weights and has not moved yet.
    /// </summary>
    private Backbone? CreateTeacher(TrainingJob job)
    {
        if (!_options.NeedsTeacher)
        {
            return null;
        }

        Backbone teacher = job.Pretrained ?? CopyBackbone(job.Network);
        teacher.to(job.Device);
        return teacher;
    }

    private Backbone CopyBackbone(SegmentationNetwork network)
    {
        Backbone copy = _options.Network.CreateBackbone();
        copy.load_state_dict(network.Backbone.state_dict());
        return copy;
    }

    /// <summary>Says what is trained on what, and warns of what will make it worse or slower.</summary>
    private void Announce(TrainingJob job)
    {
        IChannel channel = job.Channel;
        foreach (WeightedSource source in job.Sources)
        {
            WarnOfOrder(source.View, "source", channel);
        }

        if (_options.NeedsTarget || _options.TargetLabelColumnName is not null)
        {
            WarnOfOrder(job.Target, "target", channel);
        }

        foreach (WeightedSource source in job.Sources)
        {
            ReportLabels(source.View, channel);
        }

        string adaptations = _options.Adaptations.On.Any() ? string.Join(", ", _options.Adaptations.On) : "no adaptation";
        string averaged = _options.WeightAveraging.Decay is { } decay
            ? string.Create(CultureInfo.InvariantCulture, $"; weights averaged with decay {decay}")
            : string.Empty;
        channel.Info(
            MessageSensitivity.None,
            $"Training {_options.Network.Name} for {_options.Iterations} iterations of {_options.BatchSize} crops a domain, "
            + $"{_options.CropSize} x {_options.CropSize}; {adaptations}{averaged}; {_options.Precision}.");
        if (_options.Precision == Precision.BFloat16 && !BFloat16Support.IsAccelerated(job.Device))
        {
            channel.Warning(
                $"This processor has no instructions for bfloat16: training with {nameof(_options.Precision)} {Precision.BFloat16} is "
                + $"slower here than with {Precision.Float32}.");
        }
    }

    /// <summary>Warns of a view whose rows come in one order.</summary>
    private static void WarnOfOrder(IDataView view, string domain, IChannel channel)
    {
        if (!view.CanShuffle)
        {
            channel.Warning(
                $"The {domain} view cannot be shuffled: its rows come in the order of the view, alike in every pass, and only their "
                + $"crops are mixed, {CropStream.ShufflePool} at a time. Where neighbours are alike, give it rows in no particular order, "
                + "or make the view of paths one that can be shuffled, by LoadSegmentationFolder, LoadFromEnumerable of an array, or "
                + "Cache, "
                + "before images are loaded.");
        }
    }

    /// <summary>Says what the source masks hold, as far as a short look tells; a training that goes on has said it.</summary>
    private void ReportLabels(IDataView source, IChannel channel)
    {
        bool goesOn = _options.CheckpointDirectory is { } folder
            && File.Exists(Path.Combine(folder, RoadTrainingOptions.CheckpointFileName));
        if (goesOn || LabelSurvey.Take(
            source, source.Schema[_options.SourceLabelColumnName], _options.CancellationToken) is not { } statistics)
        {
            return;
        }

        channel.Info(MessageSensitivity.UserData, statistics.ToString());
        foreach (string warning in statistics.Warnings())
        {
            channel.Warning(MessageSensitivity.UserData, warning);
        }
    }

    /// <summary>What one training works with.</summary>
    private sealed record TrainingJob(
        SegmentationNetwork Network,
        Backbone? Pretrained,
        InputNormalization Normalization,
        IReadOnlyList<WeightedSource> Sources,
        IDataView Target,
        torch.Device Device,
        int Seed,
        IChannel Channel,
        IReadOnlyDictionary<string, string> Facts,
        WeightsReport? Weights,
        string[] ClassNames,
        Func<SegmentationNetwork, string?, RoadTransformer> CreateTransformer);
}
