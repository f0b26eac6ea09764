using Road.Torch.Data;

namespace Streets;

/// <summary>A source domain among several.</summary>
/// <param name="Data">Its images and masks.</param>
/// <param name="Weight">How often its crops are drawn against those of the others.</param>
/// <param name="Size">The size that its images are scaled to; null for that of all.</param>
internal sealed record WeightedData(StreetsData Data, double Weight, ImageSize? Size);
