using System.Runtime.InteropServices;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Scoring;

/// <summary>
/// Scores images with a trained network. Safe to use from several threads at once. An image gets the same labels to
/// the byte alone, in a batch and beside other threads, with the same options.
/// </summary>
public sealed class SegmentationPredictor : IDisposable
{
    // Up to this size one image leaves a GPU partly idle, above it batching gains nothing.
    private const int BatchedPixelsOnGpu = 1 << 18;

    private readonly SegmentationNetwork _network;
    private readonly InputNormalization _normalization;
    private readonly Device _device;
    private readonly ReaderWriterLockSlim _use = new();
    private MasterWeights? _masters;
    private bool _disposed;

    /// <summary>Takes over a network: moves it to the device and puts it into evaluation mode.</summary>
    /// <param name="network">The network; the predictor disposes it.</param>
    /// <param name="normalization">The input normalisation that its weights expect.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="options">How it scores; null for the defaults.</param>
    public SegmentationPredictor(
        SegmentationNetwork network, InputNormalization normalization, Device device, ScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(normalization);
        ArgumentNullException.ThrowIfNull(device);
        _network = network;
        _normalization = normalization;
        _device = device;
        network.to(device);
        network.eval();
        Options = options ?? new ScoringOptions();
    }

    /// <summary>How images are scored. A change waits for the scoring that is under way.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public ScoringOptions Options
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Change(() =>
            {
                field = value;
                SetPrecision(value.Precision);
            });
        }
    }

    /// <summary>The number of classes, K.</summary>
    public int ClassCount => _network.ClassCount;

    /// <summary>The device that the network runs on.</summary>
    public Device Device => _device;

    /// <summary>Scores images; on a GPU small ones of equal size share forward passes.</summary>
    /// <param name="images">The images, of any sizes.</param>
    /// <param name="outputSizes">The size of each prediction, each side at least 1.</param>
    /// <param name="probabilities">Whether to return softmax probabilities too, K numbers a pixel.</param>
    /// <param name="confidences">
    /// Whether to return the largest of them too, one number a pixel; it is made beside the labels, so that the others never lie in memory.
    /// </param>
    /// <returns>One prediction an image, in the images' order.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or an output size is not positive.</exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public IReadOnlyList<SegmentationPrediction> Predict(
        IReadOnlyList<DecodedSample> images, IReadOnlyList<ImageSize> outputSizes, bool probabilities, bool confidences = false)
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
            foreach (IGrouping<(int, int), int> group in Enumerable.Range(0, images.Count).GroupBy(
                i => (images[i].Width, images[i].Height)))
            {
                foreach (int[] pass in group.Chunk(PassSize(images[group.First()])))
                {
                    RunPass(images, outputSizes, probabilities, confidences, pass, predictions);
                }
            }

            return predictions;
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <summary>Hands out the network with its weights in float32, while nothing scores with it.</summary>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    internal void ReadNetwork(Action<SegmentationNetwork> read) => Change(() =>
    {
        SetPrecision(Precision.Float32);
        try
        {
            read(_network);
        }
        finally
        {
            SetPrecision(Options.Precision);
        }
    });

    /// <summary>Frees the network, once no thread scores with it.</summary>
    public void Dispose()
    {
        _use.EnterWriteLock();
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                SetPrecision(Precision.Float32);
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
    /// pass with images missing is filled up. On a CPU that would cost a lone image as much as the batch, and batches of
    /// all but the smallest images lose to cache misses, so every image runs alone.
    /// </summary>
    private int PassSize(DecodedSample image) =>
        _device.type != DeviceType.CPU && (long)image.Width * image.Height <= BatchedPixelsOnGpu ? 4 : 1;

    private void RunPass(
        IReadOnlyList<DecodedSample> images,
        IReadOnlyList<ImageSize> outputSizes,
        bool probabilities,
        bool confidences,
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

        Tensor input = pixels.ToTensor(size, first.Height, first.Width, 3).MoveTo(_device);
        Tensor logits = Score(_network.Normalize(_normalization, input).to(_masters is null ? ScalarType.Float32 : ScalarType.BFloat16));
        for (int i = 0; i < pass.Length; i++)
        {
            using DisposeScope image = NewDisposeScope();
            predictions[pass[i]] = Finish(logits.narrow(0, i, 1), outputSizes[pass[i]], probabilities, confidences);
        }
    }

    /// <summary>The logits of images; their probabilities where several passes are averaged.</summary>
    private Tensor Score(Tensor input)
    {
        if (!Options.IsAverage)
        {
            return Classify(Resize(input, Options.Scales[0]));
        }

        // The first map is the largest, so that nothing is lost where the others are brought to its size.
        using DisposeScope scope = NewDisposeScope();
        Tensor? sum = null;
        foreach (double scale in Options.Scales.OrderDescending())
        {
            Tensor resized = Resize(input, scale);
            foreach (bool mirrored in Options.Mirror ? new[] { false, true } : [false])
            {
                using DisposeScope pass = NewDisposeScope();
                Tensor probabilities = Classify(mirrored ? resized.flip(3) : resized).to(ScalarType.Float32).softmax(1);
                probabilities = mirrored ? probabilities.flip(3) : probabilities;
                if (sum is null)
                {
                    sum = probabilities.MoveToOuterDisposeScope();
                }
                else
                {
                    sum.PlusInPlace(Upsample(probabilities, new ImageSize((int)sum.shape[3], (int)sum.shape[2])));
                }
            }
        }

        return sum!.TimesInPlace(1.0 / (Options.Scales.Count * (Options.Mirror ? 2 : 1))).MoveToOuterDisposeScope();
    }

    private Tensor Classify(Tensor input) => Options.TileSize is { } side && Math.Max(input.shape[2], input.shape[3]) > side
        ? _network.ClassifySparingly(TiledBackbone.Extract(_network, input, side, Options.TileMargin))
        : _network.call(input);

    private static Tensor Resize(Tensor input, double scale) => scale == 1
        ? input
        : Upsample(input, new ImageSize(Scaled(input.shape[3], scale), Scaled(input.shape[2], scale)));

    private static int Scaled(long size, double scale) => Math.Max(1, (int)Math.Round(size * scale));

    private void SetPrecision(Precision precision)
    {
        if (precision == Precision.BFloat16 && _masters is null)
        {
            _masters = new MasterWeights();
            _masters.Convert(_network);
        }
        else if (precision == Precision.Float32)
        {
            _masters?.Dispose();
            _masters = null;
        }
    }

    private void Change(Action change)
    {
        _use.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            change();
        }
        finally
        {
            _use.ExitWriteLock();
        }
    }

    private SegmentationPrediction Finish(Tensor logits, ImageSize size, bool probabilities, bool confidences)
    {
        float[]? sure = confidences ? new float[size.Height * size.Width] : null;
        Tensor single = logits.to(ScalarType.Float32).contiguous();
        byte[] labels = _device.type == DeviceType.CPU
            ? BilinearArgmax.Choose(
                MemoryMarshal.Cast<byte, float>(single.bytes),
                ClassCount, (int)single.shape[2], (int)single.shape[3], size.Height, size.Width, sure, Options.IsAverage)
            : StripArgmax.Choose(single, size, sure, Options.IsAverage);
        float[]? scores = probabilities
            ? Probabilities(Upsample(single, size)).cpu().contiguous().data<float>().ToArray()
            : null;
        return new SegmentationPrediction(size.Width, size.Height, labels, scores, sure);
    }

    private Tensor Probabilities(Tensor scores) => Options.IsAverage ? scores : scores.softmax(1);

    private static Tensor Upsample(Tensor logits, ImageSize size) =>
        nn.functional.interpolate(logits, [size.Height, size.Width], mode: InterpolationMode.Bilinear, align_corners: false);
}
