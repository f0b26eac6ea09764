using System.Runtime.InteropServices;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Scoring;

/// <summary>
/// Scores images with a trained network. Safe to use from several threads at once. An image gets the same labels to
/// the byte alone, in a batch and beside other threads.
/// </summary>
public sealed class SegmentationPredictor : IDisposable
{
    // Up to these sizes one image leaves a device partly idle, above them batching gains nothing, and on a CPU it
    // loses a sixth to cache misses.
    private const int PairedPixelsOnCpu = 40_000;
    private const int BatchedPixelsOnGpu = 1 << 18;

    private readonly SegmentationNetwork _network;
    private readonly InputNormalization _normalization;
    private readonly Device _device;
    private readonly ReaderWriterLockSlim _use = new();
    private bool _disposed;

    /// <summary>Takes over a network: moves it to the device and puts it into evaluation mode.</summary>
    /// <param name="network">The network; the predictor disposes it.</param>
    /// <param name="normalization">The input normalisation that its weights expect.</param>
    /// <param name="device">Where it runs.</param>
    public SegmentationPredictor(SegmentationNetwork network, InputNormalization normalization, Device device)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(normalization);
        ArgumentNullException.ThrowIfNull(device);
        _network = network;
        _normalization = normalization;
        _device = device;
        network.to(device);
        network.eval();
    }

    /// <summary>The number of classes, K.</summary>
    public int ClassCount => _network.ClassCount;

    /// <summary>The device that the network runs on.</summary>
    public Device Device => _device;

    /// <summary>Scores images; those of equal size share forward passes.</summary>
    /// <param name="images">The images, of any sizes.</param>
    /// <param name="outputSizes">The size of each prediction, each side at least 1.</param>
    /// <param name="probabilities">Whether to return softmax probabilities too.</param>
    /// <returns>One prediction an image, in the images' order.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or an output size is not positive.</exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public IReadOnlyList<SegmentationPrediction> Predict(
        IReadOnlyList<DecodedSample> images, IReadOnlyList<ImageSize> outputSizes, bool probabilities)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(outputSizes);
        if (images.Count != outputSizes.Count)
        {
            throw new ArgumentException($"There are {images.Count} images and {outputSizes.Count} output sizes.", nameof(outputSizes));
        }

        foreach (ImageSize size in outputSizes)
        {
            if (size.Width < 1 || size.Height < 1)
            {
                throw new ArgumentException($"An output size must be 1 x 1 or more, not {size}.", nameof(outputSizes));
            }
        }

        // Freeing weights that another thread computes with would end the process.
        _use.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            SegmentationPrediction[] predictions = new SegmentationPrediction[images.Count];
            using IDisposable inference = inference_mode();
            foreach (IGrouping<(int, int), int> group in Enumerable.Range(0, images.Count).GroupBy(i => (images[i].Width, images[i].Height)))
            {
                foreach (int[] pass in group.Chunk(PassSize(images[group.First()])))
                {
                    RunPass(images, outputSizes, probabilities, pass, predictions);
                }
            }

            return predictions;
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <summary>Frees the network, once no thread scores with it.</summary>
    public void Dispose()
    {
        _use.EnterWriteLock();
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                _network.Dispose();
            }
        }
        finally
        {
            _use.ExitWriteLock();
        }
    }

    /// <summary>
    /// The number of images of a forward pass. The libraries below choose their convolution algorithms by the shape of
    /// the whole batch, and the algorithms round differently; so the shape follows from the image's size alone, and a
    /// pass with images missing is filled up.
    /// </summary>
    private int PassSize(DecodedSample image)
    {
        long pixels = (long)image.Width * image.Height;
        return _device.type == DeviceType.CPU
            ? pixels <= PairedPixelsOnCpu ? 2 : 1
            : pixels <= BatchedPixelsOnGpu ? 4 : 1;
    }

    private void RunPass(
        IReadOnlyList<DecodedSample> images,
        IReadOnlyList<ImageSize> outputSizes,
        bool probabilities,
        int[] pass,
        SegmentationPrediction[] predictions)
    {
        using DisposeScope scope = NewDisposeScope();
        DecodedSample first = images[pass[0]];
        int size = PassSize(first);
        byte[] pixels = first.Pixels;
        if (size > 1)
        {
            pixels = new byte[size * first.Pixels.Length];
            for (int i = 0; i < size; i++)
            {
                images[pass[Math.Min(i, pass.Length - 1)]].Pixels.CopyTo(pixels, i * first.Pixels.Length);
            }
        }

        Tensor input = tensor(pixels, [size, first.Height, first.Width, 3], device: _device);
        Tensor logits = _network.call(_normalization.Apply(input));
        for (int i = 0; i < pass.Length; i++)
        {
            using DisposeScope image = NewDisposeScope();
            predictions[pass[i]] = Finish(logits.narrow(0, i, 1), outputSizes[pass[i]], probabilities);
        }
    }

    private SegmentationPrediction Finish(Tensor logits, ImageSize size, bool probabilities)
    {
        Tensor single = logits.to(ScalarType.Float32).contiguous();
        byte[] labels = _device.type == DeviceType.CPU
            ? BilinearArgmax.Choose(
                MemoryMarshal.Cast<byte, float>(single.bytes), ClassCount, (int)single.shape[2], (int)single.shape[3], size.Height, size.Width)
            : Upsample(single, size).argmax(1).to(ScalarType.Byte).cpu().data<byte>().ToArray();
        float[]? scores = probabilities
            ? Upsample(single, size).softmax(1).cpu().contiguous().data<float>().ToArray()
            : null;
        return new SegmentationPrediction(size.Width, size.Height, labels, scores);
    }

    private static Tensor Upsample(Tensor logits, ImageSize size) =>
        nn.functional.interpolate(logits, [size.Height, size.Width], mode: InterpolationMode.Bilinear, align_corners: false);
}
