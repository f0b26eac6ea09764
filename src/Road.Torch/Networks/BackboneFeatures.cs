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

    /// <summary>The maps of some of the batch's images.</summary>
    internal BackboneFeatures Narrow(long start, long count) =>
        new(Last.narrow(0, start, count), Intermediate?.narrow(0, start, count))
        {
            Skips = [.. Skips.Select(map => map.narrow(0, start, count))],
        };
}
