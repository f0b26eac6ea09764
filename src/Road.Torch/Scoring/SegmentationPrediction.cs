namespace Road.Torch.Scoring;

/// <summary>What a network says about one image.</summary>
public sealed class SegmentationPrediction
{
    internal SegmentationPrediction(int width, int height, byte[] labels, float[]? probabilities, float[]? confidences)
    {
        Width = width;
        Height = height;
        Labels = labels;
        Probabilities = probabilities;
        Confidences = confidences;
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>Row-major class indices, <c>Height x Width</c>; of equally likely classes the first.</summary>
    public byte[] Labels { get; }

    /// <summary>Softmax probabilities, <c>K x Height x Width</c>, or null where none were asked for.</summary>
    public float[]? Probabilities { get; }

    /// <summary>
    /// The largest softmax probability of each pixel, <c>Height x Width</c>, 0 to 1 but for rounding, or null where none were asked for.
    /// </summary>
    public float[]? Confidences { get; }
}
