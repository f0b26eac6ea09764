using Road.Torch.Metrics;

namespace Road.MLNet.Watching;

/// <summary>A bin of the reliability diagram; nothing in it has an accuracy of 0.</summary>
internal sealed record ReportBin(long Pixels, double Accuracy, double Confidence)
{
    public static ReportBin Of(ReliabilityBin bin) =>
        bin.PixelCount == 0 ? new ReportBin(0, 0, 0) : new ReportBin(bin.PixelCount, bin.Accuracy, bin.MeanConfidence);
}
