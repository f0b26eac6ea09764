using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Scoring;

/// <summary>
/// What <see cref="BilinearArgmax"/> does, on any device: the output is made in strips of rows, so that the upsampled logits,
/// K values a pixel, never lie in memory as a whole.
/// </summary>
internal static class StripArgmax
{
    // 128 MB of logits: a GPU is busy with a strip, and memory hardly notices it.
    private const long StripValues = 1 << 25;

    /// <summary>Chooses the class of each output pixel.</summary>
    /// <param name="logits"><c>1 x K x h x w, float32</c>.</param>
    /// <param name="size">The output's size.</param>
    /// <param name="confidences">
    /// Receives the largest class probability of each output pixel, row-major: the softmax of the upsampled logits. Empty for none.
    /// </param>
    /// <param name="areProbabilities">Whether the logits are probabilities already, so that the largest is the confidence.</param>
    /// <param name="stripValues">The most upsampled logits at a time, but at least a row of them.</param>
    /// <returns>Row-major class indices. Pixel centres coincide, as in torch's interpolation without aligned corners.</returns>
    public static byte[] Choose(
        Tensor logits, ImageSize size, Span<float> confidences = default, bool areProbabilities = false, long stripValues = StripValues)
    {
        using DisposeScope scope = NewDisposeScope();
        (int First, int Second, float Weight)[] rows =
            [.. Enumerable.Range(0, size.Height).Select(y => BilinearArgmax.Neighbours(y, (int)logits.shape[2], size.Height))];
        Tensor above = tensor(rows.Select(static row => (long)row.First).ToArray()).MoveTo(logits.device);
        Tensor below = tensor(rows.Select(static row => (long)row.Second).ToArray()).MoveTo(logits.device);
        Tensor weights = tensor(rows.Select(static row => row.Weight).ToArray()).MoveTo(logits.device).unsqueeze(1);
        Tensor labels = empty([size.Height, size.Width], ScalarType.Byte, logits.device);
        Tensor? sure = confidences.IsEmpty ? null : empty([size.Height, size.Width], ScalarType.Float32, logits.device);
        long height = Math.Clamp(stripValues / (logits.shape[1] * size.Width), 1, size.Height);
        for (long top = 0; top < size.Height; top += height)
        {
            using DisposeScope strip = NewDisposeScope();
            long count = Math.Min(height, size.Height - top);
            Tensor first = logits.index_select(2, above.narrow(0, top, count));
            Tensor second = logits.index_select(2, below.narrow(0, top, count));
            Tensor blended = first.Plus(second.sub(first).mul_(weights.narrow(0, top, count)));
            Tensor upsampled = nn.functional.interpolate(
                blended, [count, size.Width], mode: InterpolationMode.Bilinear, align_corners: false);
            labels.narrow(0, top, count).copy_(upsampled.argmax(1).squeeze(0));
            if (sure is not null)
            {
                Tensor best = upsampled.amax([1]);
                sure.narrow(0, top, count).copy_(
                    (areProbabilities ? best : best.sub(upsampled.logsumexp(1)).exp_()).squeeze(0));
            }
        }

        sure?.cpu().data<float>().CopyTo(confidences);
        return labels.cpu().data<byte>().ToArray();
    }
}
