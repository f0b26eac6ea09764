using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>
/// How 8-bit pixels become a network's input: <c>(pixel * Range / 255 - Mean) / StandardDeviation</c>, channels in
/// <see cref="Channels"/>. It belongs to the pretrained weights, not to the data.
/// </summary>
public sealed class InputNormalization
{
    /// <summary>Creates a normalisation.</summary>
    /// <param name="channels">
    /// The channel order of the input, of <paramref name="mean"/> and of <paramref name="standardDeviation"/>.
    /// </param>
    /// <param name="range">The value that a pixel of 255 has before the mean is taken off: 1 or 255.</param>
    /// <param name="mean">Three means, in units of <paramref name="range"/>.</param>
    /// <param name="standardDeviation">Three positive deviations, in units of <paramref name="range"/>.</param>
    /// <exception cref="ArgumentException">
    /// A value is not finite, or a deviation is not positive, or there are not three of each.
    /// </exception>
    public InputNormalization(ChannelOrder channels, double range, IReadOnlyList<double> mean, IReadOnlyList<double> standardDeviation)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(standardDeviation);
        if (!Enum.IsDefined(channels))
        {
            throw new ArgumentException($"Channels must be Rgb or Bgr, not {channels}.", nameof(channels));
        }

        if (range is not (1 or 255))
        {
            throw new ArgumentException($"Range must be 1 or 255, not {range}.", nameof(range));
        }

        if (mean.Count != 3 || !mean.All(double.IsFinite))
        {
            throw new ArgumentException("Mean must hold three finite values.", nameof(mean));
        }

        if (standardDeviation.Count != 3 || !standardDeviation.All(value => double.IsFinite(value) && value > 0))
        {
            throw new ArgumentException("StandardDeviation must hold three positive finite values.", nameof(standardDeviation));
        }

        Channels = channels;
        Range = range;
        Mean = [.. mean];
        StandardDeviation = [.. standardDeviation];
    }

    /// <summary>torchvision's ImageNet statistics: RGB, 0 to 1.</summary>
    public static InputNormalization ImageNet { get; } =
        new(ChannelOrder.Rgb, 1, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <summary>The channel order of the network's input.</summary>
    public ChannelOrder Channels { get; }

    /// <summary>The value that a pixel of 255 has before the mean is taken off: 1 or 255.</summary>
    public double Range { get; }

    /// <summary>The mean of each channel, in <see cref="Channels"/> order and units of <see cref="Range"/>.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>The standard deviation of each channel, in <see cref="Channels"/> order and units of <see cref="Range"/>.</summary>
    public IReadOnlyList<double> StandardDeviation { get; }

    /// <summary>
    /// Reads the normalisation that a weights file's metadata states: <c>input.channels</c> (RGB or BGR),
    /// <c>input.range</c> (0-1 or 0-255), <c>input.mean</c> and <c>input.std</c> (three numbers each, separated by commas).
    /// </summary>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="fileName">The file's name, for messages.</param>
    /// <returns>The normalisation; <see cref="ImageNet"/> where the metadata has none of the four keys.</returns>
    /// <exception cref="InvalidDataException">
    /// Some of the keys are missing, or a value is malformed; the message names file and key.
    /// </exception>
    public static InputNormalization FromMetadata(IReadOnlyDictionary<string, string> metadata, string fileName)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return InputMetadata.Read(metadata, fileName) ?? ImageNet;
    }

    /// <summary>States the normalisation as <see cref="FromMetadata"/> reads it, without loss.</summary>
    /// <returns>The four keys and their values.</returns>
    public IReadOnlyDictionary<string, string> ToMetadata() => InputMetadata.Write(this);

    /// <summary>Normalises a batch of images on the device it lies on.</summary>
    /// <param name="pixels">Interleaved RGB images, <c>N x H x W x 3, uint8</c>.</param>
    /// <param name="channelsLast">
    /// Whether the result keeps the order of the pixels in memory, the channels of a pixel side by side; else it is
    /// contiguous. The values are the same.
    /// </param>
    /// <returns>The network's input, <c>N x 3 x H x W, float32</c>.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape or type.</exception>
    public Tensor Apply(Tensor pixels, bool channelsLast = false)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.dim() != 4 || pixels.shape[3] != 3 || pixels.dtype != ScalarType.Byte)
        {
            throw new ArgumentException(
                $"Expected N x H x W x 3, uint8, not [{string.Join(" x ", pixels.shape)}], {pixels.dtype}.", nameof(pixels));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor ordered = Channels == ChannelOrder.Bgr ? stack(pixels.unbind(3).Reverse(), 3) : pixels;
        (float[] scale, float[] shift) = Coefficients();
        if (!channelsLast)
        {
            return ordered.permute(0, 3, 1, 2).contiguous().to(ScalarType.Float32)
                .mul_(Channel(scale).view(1, 3, 1, 1)).PlusInPlace(Channel(shift).view(1, 3, 1, 1)).MoveToOuterDisposeScope();
        }

        // Row by row against the factors of a whole row; libtorch would take them three at a time.
        (long images, long height, long width) = (pixels.shape[0], pixels.shape[1], pixels.shape[2]);
        return ordered.to(ScalarType.Float32).reshape(images, height, width * 3)
            .mul_(Channel(scale).repeat(width)).PlusInPlace(Channel(shift).repeat(width))
            .view(images, height, width, 3).permute(0, 3, 1, 2).MoveToOuterDisposeScope();

        Tensor Channel(float[] values) => tensor(values).MoveTo(pixels.device);
    }

    /// <summary>Turns the network's input back into colours.</summary>
    /// <param name="input">Normalised images, <c>N x 3 x H x W</c>, floating point.</param>
    /// <returns>RGB, 0 to 1 but for rounding, <c>N x 3 x H x W, float32</c>.</returns>
    internal Tensor ToRgb(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor deviation, Tensor mean) = Statistics(input.device);
        Tensor colors = input.to(ScalarType.Float32).mul(deviation).Plus(mean);
        return (Channels == ChannelOrder.Bgr ? colors.flip(1) : colors).MoveToOuterDisposeScope();
    }

    /// <summary>Normalises colours.</summary>
    /// <param name="colors">RGB, 0 to 1, <c>N x 3 x H x W, float32</c>.</param>
    /// <returns>The network's input, <c>N x 3 x H x W, float32</c>.</returns>
    internal Tensor FromRgb(Tensor colors)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor deviation, Tensor mean) = Statistics(colors.device);
        return (Channels == ChannelOrder.Bgr ? colors.flip(1) : colors).sub(mean).div(deviation).MoveToOuterDisposeScope();
    }

    /// <summary>Deviations and means of colours of 0 to 1, channels in <see cref="Channels"/> order, <c>1 x 3 x 1 x 1</c>.</summary>
    private (Tensor Deviation, Tensor Mean) Statistics(Device device)
    {
        return (Channel(StandardDeviation), Channel(Mean));

        Tensor Channel(IReadOnlyList<double> values) =>
            tensor([.. values.Select(value => (float)(value / Range))]).MoveTo(device).view(1, 3, 1, 1);
    }

    /// <summary>
    /// <c>x / unit / deviation - mean / deviation</c> as one multiply and one add of a channel's values, channels in
    /// <see cref="Channels"/> order.
    /// </summary>
    internal (float[] Scale, float[] Shift) Coefficients()
    {
        double unit = 255 / Range;
        return (
            [.. StandardDeviation.Select(deviation => (float)(1 / (unit * deviation)))],
            [.. Mean.Zip(StandardDeviation, (mean, deviation) => (float)(-mean / deviation))]);
    }
}
