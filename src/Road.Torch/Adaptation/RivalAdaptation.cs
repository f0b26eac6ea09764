using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>The losses of a method that ROAD is compared with; it may look at labelled source crops before the first step.</summary>
internal abstract class RivalAdaptation : IDisposable
{
    /// <summary>What learns beside the network, at the head's rate.</summary>
    public virtual IEnumerable<Parameter> Parameters => [];

    /// <summary>The method that the options choose; null for none.</summary>
    /// <exception cref="ArgumentException">The method needs the pretrained backbone and <paramref name="teacher"/> is null.</exception>
    public static RivalAdaptation? Create(
        RoadTrainingOptions options, SegmentationNetwork network, Backbone? teacher, Device device, long seed) => options.Rival switch
        {
            RivalMethod.None => null,
            RivalMethod.FcnsInTheWild => new FcnsInTheWild(
                network.Backbone.OutputChannels, network.ClassCount, options.GlobalAlignmentWeight, options.SizeConstraintWeight, device, seed),
            RivalMethod.Curriculum => new CurriculumAdaptation(
                teacher ?? throw new ArgumentException(
                    "Curriculum domain adaptation infers labels from the features of the pretrained backbone, so it needs a teacher.", nameof(teacher)),
                network.ClassCount,
                options.ImageDistributionWeight,
                options.LandmarkWeight,
                device),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Rival, "No such method."),
        };

    /// <summary>Learns from source crops what the losses need.</summary>
    /// <param name="source">Batches of source crops, read once and one at a time.</param>
    /// <param name="images">Turns a batch's crops into the backbone's input, <c>N x 3 x H x W</c>.</param>
    /// <exception cref="InvalidOperationException">No crop has a labelled pixel.</exception>
    public abstract void Prepare(IEnumerable<TrainingBatch> source, Func<TrainingBatch, Tensor> images);

    /// <summary>The losses of a batch.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Prepare"/> has not run.</exception>
    public abstract IEnumerable<AdaptationTerm> Losses(AdaptationInput input);

    public abstract void Dispose();

    protected static InvalidOperationException NotPrepared(string method) =>
        new($"{method} learns from source crops before the first step: call {nameof(RoadEngine)}.{nameof(RoadEngine.Prepare)}.");

    protected static InvalidOperationException NoLabels(string method) =>
        new($"No pixel of the source crops that {method} prepares itself with belongs to a class. Check the label encoding against the masks' pixel values.");
}
