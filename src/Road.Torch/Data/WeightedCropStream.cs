namespace Road.Torch.Data;

/// <summary>A stream that is one of several, see <see cref="CropStream.Mix"/>.</summary>
/// <param name="Stream">The crops.</param>
/// <param name="Weight">How often it is drawn against the others: more than 0.</param>
public sealed record WeightedCropStream(CropStream Stream, double Weight);
