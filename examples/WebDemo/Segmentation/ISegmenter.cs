using Microsoft.ML.Data;
using Road.MLNet;

namespace WebDemo.Segmentation;

/// <summary>What says the class of each pixel. Safe to use from several threads at once.</summary>
internal interface ISegmenter : IDisposable
{
    IReadOnlyList<string> ClassNames { get; }

    IReadOnlyList<RgbColor> ClassColors { get; }

    /// <summary>Segments a picture of 32-bit BGRA.</summary>
    /// <exception cref="PictureException">The picture is of no use to the network.</exception>
    SegmentedPixels Segment(MLImage image);
}
