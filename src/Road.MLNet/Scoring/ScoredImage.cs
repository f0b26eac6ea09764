using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Data;

namespace Road.MLNet.Scoring;

/// <summary>
/// An image as the network gets it, the size that its prediction has, which is the image's own, and how errors state its size.
/// </summary>
internal sealed record ScoredImage(DecodedSample Input, ImageSize Size, Func<string, string> Describe)
{
    /// <summary>Takes over an image's pixels, scaled to the network's input size where it has one.</summary>
    /// <param name="image">The image.</param>
    /// <param name="networkSize">The network's input size; null for the image's own.</param>
    /// <param name="fit">How the image is brought to that size.</param>
    /// <param name="describe">How errors state that it has a size.</param>
    /// <param name="buffer">What the pixels lie in, until its next use; null for an array of their own.</param>
    public static ScoredImage Create(
        MLImage image, ImageSize? networkSize, ImageFit fit, Func<string, string> describe, ReusedBytes? buffer) =>
        new(ImagePixels.Decode(image, networkSize, fit, buffer), new ImageSize(image.Width, image.Height), describe);
}
