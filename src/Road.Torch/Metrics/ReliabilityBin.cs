namespace Road.Torch.Metrics;

/// <summary>The pixels of a <see cref="ReliabilityDiagram"/> whose confidence lies between two numbers.</summary>
public sealed class ReliabilityBin
{
    internal ReliabilityBin(double lower, double upper, long pixelCount, long rightCount, double confidence)
    {
        Lower = lower;
        Upper = upper;
        PixelCount = pixelCount;
        Accuracy = (double)rightCount / pixelCount;
        MeanConfidence = confidence / pixelCount;
    }

    /// <summary>The confidence that all pixels of the bin are above, 0 to 1; the first bin has those of 0 too.</summary>
    public double Lower { get; }

    /// <summary>The highest confidence of the bin, 0 to 1.</summary>
    public double Upper { get; }

    /// <summary>The number of labelled pixels in the bin.</summary>
    public long PixelCount { get; }

    /// <summary>The share of them whose class is right, 0 to 1; NaN without pixels.</summary>
    public double Accuracy { get; }

    /// <summary>The mean of their confidence, 0 to 1; NaN without pixels.</summary>
    public double MeanConfidence { get; }
}
