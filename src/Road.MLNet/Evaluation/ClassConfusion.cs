namespace Road.MLNet;

/// <summary>Pixels of one class that were taken for another.</summary>
public sealed class ClassConfusion
{
    internal ClassConfusion(string truth, string predicted, long pixelCount, double share)
    {
        Truth = truth;
        Predicted = predicted;
        PixelCount = pixelCount;
        Share = share;
    }

    /// <summary>The name of the true class.</summary>
    public string Truth { get; }

    /// <summary>The name of the class that was predicted.</summary>
    public string Predicted { get; }

    /// <summary>The number of pixels.</summary>
    public long PixelCount { get; }

    /// <summary>Their share of all labelled pixels of the image, 0 to 1.</summary>
    public double Share { get; }
}
