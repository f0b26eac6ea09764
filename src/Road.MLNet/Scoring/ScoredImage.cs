using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Data;

namespace Road.MLNet.Scoring;

/// <summary>An image as the network gets it, and the size that its prediction has: the image's own.</summary>
internal sealed record ScoredImage(DecodedSample Input, ImageSize Size)
{
    /// <summary>Takes over an image's pixels, scaled to the network's input size where it has one.</summary>
    public static ScoredImage Create(MLImage image, ImageSize? networkSize) =>
        new(ImagePixels.Decode(image, networkSize), new ImageSize(image.Width, image.Height));
}
