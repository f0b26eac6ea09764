using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>The feature maps a backbone hands to a segmentation head and to the adaptation losses.</summary>
/// <param name="Last">
/// The last feature map, before any pooling pyramid: <c>N x C x h x w, float32</c>. Distillation (Eq. 1) and
/// spatial adaptation (Eq. 2-4) act on it.
/// </param>
/// <param name="Intermediate">
/// The map of the stage before the last, which an auxiliary classifier reads: <c>N x C' x h' x w', float32</c>;
/// null where the backbone offers none.
/// </param>
public sealed record BackboneFeatures(Tensor Last, Tensor? Intermediate = null)
{
    /// <summary>
    /// Maps of earlier, finer stages, the finest first, each <c>N x Ci x hi x wi, float32</c>, for heads that join several
    /// resolutions; empty where the backbone offers none.
    /// </summary>
    public IReadOnlyList<Tensor> Skips { get; init; } = [];

    /// <summary>
    /// The maps of the batch's first images and of the others, possibly none. Both come of one operation, whose gradient
    /// joins those of the parts; a <c>narrow</c> for each would fill a whole map with zeros for each and add them up.
    /// </summary>
    internal (BackboneFeatures First, BackboneFeatures Others) Split(long first)
    {
        if (first == Last.shape[0])
        {
            return (this, Narrow(first, 0));
        }

        Tensor[][] skips = [.. Skips.Select(Halves)];
        Tensor[] last = Halves(Last);
        Tensor[]? intermediate = Intermediate is null ? null : Halves(Intermediate);
        return (
            new(last[0], intermediate?[0]) { Skips = [.. skips.Select(static halves => halves[0])] },
            new(last[1], intermediate?[1]) { Skips = [.. skips.Select(static halves => halves[1])] });

        Tensor[] Halves(Tensor map) => map.split([first, map.shape[0] - first], 0);
    }

    private BackboneFeatures Narrow(long start, long count) =>
        new(Last.narrow(0, start, count), Intermediate?.narrow(0, start, count))
        {
            Skips = [.. Skips.Select(map => map.narrow(0, start, count))],
        };
}
