using Road.Torch.Networks;

namespace Road.Torch.Onnx;

/// <summary>The feature maps of a backbone in a graph; the counterpart of <see cref="BackboneFeatures"/>.</summary>
/// <param name="Last">The last feature map, <c>N x C x h x w, float32</c>.</param>
/// <param name="Intermediate">The map of the stage before the last, or null.</param>
public sealed record OnnxFeatures(OnnxValue Last, OnnxValue? Intermediate = null)
{
    /// <summary>Maps of earlier, finer stages, the finest first, as in <see cref="BackboneFeatures.Skips"/>.</summary>
    public IReadOnlyList<OnnxValue> Skips { get; init; } = [];
}
