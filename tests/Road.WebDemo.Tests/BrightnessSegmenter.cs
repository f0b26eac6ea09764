using Microsoft.ML.Data;
using Road.MLNet;
using WebDemo.Segmentation;

namespace Road.WebDemo.Tests;

/// <summary>Takes a pixel's blue for its confidence and halves of it for two classes; waits where a test holds it.</summary>
internal sealed class BrightnessSegmenter : ISegmenter
{
    private readonly ManualResetEventSlim _gate = new(initialState: true);
    private int _begun;

    public IReadOnlyList<string> ClassNames { get; } = ["road", "sky"];

    public IReadOnlyList<RgbColor> ClassColors { get; } = [new(128, 64, 128), new(70, 130, 180)];

    /// <summary>The pictures that came so far.</summary>
    public int Begun => Volatile.Read(ref _begun);

    public bool IsDisposed { get; private set; }

    /// <summary>Makes those that come wait.</summary>
    public void Hold() => _gate.Reset();

    public void Release() => _gate.Set();

    public SegmentedPixels Segment(MLImage image)
    {
        Interlocked.Increment(ref _begun);
        _gate.Wait();
        byte[] confidences = [.. Enumerable.Range(0, image.Width * image.Height).Select(i => image.Pixels[4 * i])];
        return new SegmentedPixels(image.Width, image.Height, [.. confidences.Select(value => (byte)(value / 128))], confidences);
    }

    public void Dispose() => IsDisposed = true;
}
