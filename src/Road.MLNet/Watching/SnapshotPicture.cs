using Microsoft.ML.Data;

namespace Road.MLNet.Watching;

/// <summary>An image, and what a model sees in it, both as small as a page shows them.</summary>
/// <param name="Photo">The image.</param>
/// <param name="Overlay">The image below the mask.</param>
internal sealed record SnapshotPicture(MLImage Photo, MLImage Overlay);
