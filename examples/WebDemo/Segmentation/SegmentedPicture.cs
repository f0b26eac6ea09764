using Road.Torch.Data;

namespace WebDemo.Segmentation;

/// <summary>A picture that went through the network.</summary>
/// <param name="Size">The picture's size, upright.</param>
/// <param name="Pixels">What the network saw of it, and says.</param>
/// <param name="Waiting">How long it waited for a worker.</param>
/// <param name="Decoding">How long the decoding took.</param>
/// <param name="Network">How long the network took.</param>
internal sealed record SegmentedPicture(ImageSize Size, SegmentedPixels Pixels, TimeSpan Waiting, TimeSpan Decoding, TimeSpan Network);
