using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// A mean teacher and what it says of target crops. As a module it holds what checkpoints have to keep: the teacher's weights, and the
/// confidences of recent batches where they are needed.
/// </summary>
internal sealed class PseudoLabeler : nn.Module
{
    private readonly PseudoLabelMethod _settings;
    private readonly Device _device;
    private readonly int _classCount;
    private readonly MeanTeacher _teacher;
    private readonly Tensor? _recent;
    private AdaptationStep? _step;
    private (Tensor Classes, Tensor Weights) _labels;

    public PseudoLabeler(PseudoLabelMethod settings, AdaptationContext context)
        : base("pseudo-labels")
    {
        _settings = settings;
        _device = context.Device;
        _classCount = context.ClassCount;
        _teacher = new MeanTeacher(context, settings.Alpha);
        register_module("teacher", _teacher.Mean);
        if (settings.Selection == PseudoLabelSelection.ClassBalanced)
        {
            _recent = ConfidenceHistogram.Create(context.ClassCount, context.Device).DetachFromDisposeScope();
            register_buffer("confidences", _recent);
        }
    }

    /// <summary>The teacher's weights, <c>float32</c>.</summary>
    public Networks.SegmentationNetwork Teacher => _teacher.Mean;

    /// <summary>Moves the teacher's weights towards those of the trained network.</summary>
    /// <param name="iteration">The step that comes next, from 0.</param>
    public void Follow(long iteration)
    {
        _step = null;
        _teacher.Follow(iteration);
    }

    /// <summary>
    /// Whether a step trains on the labels, the source phase being over. To be asked in every step, before it moves the weights.
    /// </summary>
    public bool HasBegun(AdaptationStep step)
    {
        if (step.Iteration == 0)
        {
            // Only now: before the first step, weights and the features' scale may still have been set.
            _teacher.Follow(0);
        }

        return step.Iteration >= _settings.StartIteration;
    }

    /// <summary>
    /// What the teacher says of a step's target crops, by one pass of it for all who ask in the step. Pixels whose class is known
    /// (<see cref="TrainingBatch.TargetLabels"/>) have that class, at weight 1.
    /// </summary>
    /// <param name="step">The step; the labels live as long as the dispose scope of who asks first.</param>
    /// <returns>Class indices, <c>N x H x W, int64</c>, and the weights of the pixels, <c>N x H x W, float32</c>, 0 to 1.</returns>
    public (Tensor Classes, Tensor Weights) Label(AdaptationStep step)
    {
        if (ReferenceEquals(step, _step))
        {
            return _labels;
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        TrainingBatch batch = step.Batch;
        Tensor logits = nn.functional.interpolate(
            _teacher.Classify(step.TargetImages), size: [batch.Size, batch.Size], mode: InterpolationMode.Bilinear, align_corners: false);
        (Tensor confidences, Tensor classes) = nn.functional.softmax(logits, 1).max(1);
        Tensor weights = _recent is null
            ? confidences.IsAtLeast(_settings.Threshold).to(ScalarType.Float32).mean()
            : confidences.ge(Thresholds(confidences, classes, step.Iteration)).to(ScalarType.Float32);
        weights = weights.mul(CountedPixels.Of(
            [.. batch.Windows.Skip(batch.SourceCount)],
            batch.Size,
            _settings.IgnoredTop,
            _settings.IgnoredBottom,
            _settings.IgnoredLeft,
            _settings.IgnoredRight,
            _device));
        if (batch.TargetLabels is { } known)
        {
            Tensor truth = known.ToTensor(batch.TargetCount, batch.Size, batch.Size).MoveTo(_device).to(ScalarType.Int64);
            Tensor isKnown = truth.DiffersFrom(DecodedSample.IgnoredLabel);
            classes = where(isKnown, truth, classes);
            weights = where(isKnown, ones_like(weights), weights);
        }

        _step = step;
        return _labels = (classes.MoveToOuterDisposeScope(), weights.MoveToOuterDisposeScope());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _teacher.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>What each pixel's confidence has to reach, by its class.</summary>
    private Tensor Thresholds(Tensor confidences, Tensor classes, long iteration)
    {
        ConfidenceHistogram.Enter(_recent!, iteration, confidences, classes);
        Tensor thresholds = ConfidenceHistogram.Medians(_recent!).AtMost(_settings.LargestClassThreshold);
        return thresholds.index_select(0, classes.flatten()).view(classes.shape);
    }
}
