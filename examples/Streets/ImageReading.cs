using Road.MLNet;
using Road.Torch.Data;

namespace Streets;

/// <summary>How <c>predict</c> and <c>evaluate</c> read images.</summary>
/// <param name="MaxPixels">The most pixels that an image or a mask may have.</param>
/// <param name="Orientation">Whether photos are turned as their metadata says; null as the model was trained.</param>
/// <param name="BadImages">What happens to images that cannot be read.</param>
internal sealed record ImageReading(int MaxPixels, ImageOrientation? Orientation, BadSamplePolicy BadImages);
