using Road.Torch.Data;
using Road.Torch.Weights;

namespace Road.Torch.Training;

/// <summary>How a training begins.</summary>
/// <param name="Iteration">The steps behind it: 0, or those of its checkpoint.</param>
/// <param name="Iterations">The steps in all.</param>
/// <param name="Device">The device, as libtorch names it, such as <c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="CheckpointFile">The checkpoint that it goes on from; null where it begins.</param>
/// <param name="Settings">
/// Everything that decides the result, as text by name: options, seeds, data columns, and what else the caller states.
/// </param>
public sealed record TrainingStart(
    int Iteration, int Iterations, string Device, string? CheckpointFile, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>
    /// What <see cref="Settings"/> would say of options that nothing was told, by the same names; a setting that is not among them has no
    /// default.
    /// </summary>
    public IReadOnlyDictionary<string, string> DefaultSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The folder that keeps the training's state, which no other training uses and observers may keep files of their own in; null where
    /// there is none.
    /// </summary>
    public string? CheckpointDirectory { get; init; }

    /// <summary>What became of the pretrained weights; null where there are none, or the caller does not tell.</summary>
    public WeightsReport? Weights { get; init; }

    /// <summary>What each class weighs in the supervised loss; null where all weigh alike.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>
    /// What the source's labels hold, by which the classes were weighed; null where all weigh alike, and where the training goes on, since
    /// it does not count again.
    /// </summary>
    public ClassCounts? SourceClasses { get; init; }
}
