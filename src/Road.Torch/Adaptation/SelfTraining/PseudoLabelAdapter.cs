using Road.Torch.Networks;
using Road.Torch.Weights;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>What adapters have in common that train on the labels of a mean teacher, of which a training has one.</summary>
internal abstract class PseudoLabelAdapter : Adapter
{
    private readonly PseudoLabeler _labeler;
    private readonly bool _isOwner;
    private readonly double _alpha;
    private readonly InputNormalization _normalization;
    private readonly bool _isChanged;

    protected PseudoLabelAdapter(PseudoLabelMethod method, AdaptationContext context)
    {
        // Whichever adapter is made first: the settings are those of one method, which also moves, stores and disposes the teacher.
        PseudoLabelMethod owner = context.Methods.OfType<SelfTraining>().FirstOrDefault() ?? method;
        _labeler = context.Share(() => new PseudoLabeler(owner, context));
        _isOwner = ReferenceEquals(owner, method);
        _alpha = owner.Alpha;
        _normalization = context.Normalization;
        _isChanged = method.StrongAugmentation;
        Device = context.Device;
    }

    public override nn.Module? Kept => _isOwner ? _labeler : null;

    internal override (SegmentationNetwork Network, double Decay)? RunningMean => _isOwner ? (_labeler.Teacher, _alpha) : null;

    protected Device Device { get; }

    public override void StepDone(long iteration)
    {
        if (_isOwner)
        {
            _labeler.Follow(iteration + 1);
        }
    }

    /// <summary>Whether the source phase is over; see <see cref="PseudoLabeler.HasBegun"/>.</summary>
    protected bool HasBegun(AdaptationStep step) => _labeler.HasBegun(step);

    /// <summary>The labels of a step's target crops; see <see cref="PseudoLabeler.Label"/>.</summary>
    protected (Tensor Classes, Tensor Weights) Label(AdaptationStep step) => _labeler.Label(step);

    /// <summary>Changes colours and sharpness of normalised images, where the method does.</summary>
    protected Tensor Change(Tensor images, Random random) => _isChanged ? StrongAugmentation.Apply(images, _normalization, random) : images;
}
