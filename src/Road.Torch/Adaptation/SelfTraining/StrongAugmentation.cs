using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// Changes colours and sharpness of normalised images as strongly as DACS does: brightness by up to 0.2, contrast and saturation by up to
/// a fifth, hue by up to a fifth of its circle, in any order; and a Gaussian blur of 0.15 to 1.15 pixels.
/// </summary>
internal static class StrongAugmentation
{
    private const double Strength = 0.2;
    private const double UnchangedColors = 0.2;
    private const double UnchangedSharpness = 0.5;
    private const double SmallestSigma = 0.15;
    private const double SigmaRange = 1;

    // Grey has no hue, and its saturation is 0; anything that is not 0 may divide it.
    private const double SmallestRange = 1e-12;

    // The weights beyond are too small for float32, and those of the published kernel, a tenth of the image wide, are zeros mostly.
    private const double DeviationsOfKernel = 6;

    /// <summary>
    /// Draws once for all images whether colours and sharpness change and in which order, and for every image how much.
    /// </summary>
    /// <param name="images">Normalised images, <c>N x 3 x H x W</c>, floating point.</param>
    /// <param name="normalization">How they were normalised.</param>
    /// <param name="random">The source of randomness.</param>
    /// <returns>Normalised images, <c>N x 3 x H x W</c>, <c>float32</c> where they have changed.</returns>
    public static Tensor Apply(Tensor images, InputNormalization normalization, Random random)
    {
        bool changesColors = random.NextDouble() > UnchangedColors;
        bool changesSharpness = random.NextDouble() > UnchangedSharpness;
        if (!changesColors && !changesSharpness)
        {
            return images.alias();
        }

        using DisposeScope scope = NewDisposeScope();
        int[] order = changesColors ? DrawOrder(random) : [];
        int count = (int)images.shape[0];
        (double[] shifts, double[] contrasts, double[] saturations, double[] turns, double[] sigmas) =
            (new double[count], new double[count], new double[count], new double[count], new double[count]);
        for (int n = 0; n < count; n++)
        {
            if (changesColors)
            {
                (shifts[n], contrasts[n], saturations[n], turns[n]) = (Draw(), 1 + Draw(), 1 + Draw(), Draw());
            }

            if (changesSharpness)
            {
                sigmas[n] = SmallestSigma + (SigmaRange * random.NextDouble());
            }
        }

        // Rounded pixels may lie a little outside.
        Tensor colors = normalization.ToRgb(images);
        colors = changesColors ? colors.AtLeast(0).AtMost(1) : colors;
        foreach (int change in order)
        {
            colors = change switch
            {
                0 => Brighten(colors, shifts),
                1 => ScaleContrast(colors, contrasts),
                2 => ScaleSaturation(colors, saturations),
                _ => TurnHue(colors, turns),
            };
        }

        return normalization.FromRgb(changesSharpness ? Blur(colors, sigmas) : colors).MoveToOuterDisposeScope();

        double Draw() => Strength * ((2 * random.NextDouble()) - 1);
    }

    /// <summary>Adds a number.</summary>
    /// <param name="color">RGB, 0 to 1, <c>N x 3 x H x W, float32</c>.</param>
    /// <param name="shifts">Each image's number.</param>
    public static Tensor Brighten(Tensor color, params ReadOnlySpan<double> shifts) =>
        color.Plus(OfImages(shifts, color.device)).AtLeast(0).AtMost(1);

    /// <summary>Multiplies by a number.</summary>
    public static Tensor ScaleContrast(Tensor color, params ReadOnlySpan<double> factors) =>
        color.mul(OfImages(factors, color.device)).AtLeast(0).AtMost(1);

    /// <summary>Multiplies the saturation of HSV, at most to 1.</summary>
    public static Tensor ScaleSaturation(Tensor color, params ReadOnlySpan<double> factors)
    {
        // A channel lies below the largest by value x saturation x a share that depends on the hue alone; nothing can fall below zero.
        (Tensor largest, Tensor range) = ValueAndRange(color);
        Tensor limited = largest.div(range.AtLeast(SmallestRange)).minimum(OfImages(factors, color.device));
        return largest.sub(largest.sub(color).mul(limited));
    }

    /// <summary>Turns the hue of HSV.</summary>
    /// <param name="color">RGB, 0 to 1, <c>N x 3 x H x W, float32</c>.</param>
    /// <param name="turns">How far, for each image; 1 is a whole turn.</param>
    public static Tensor TurnHue(Tensor color, params ReadOnlySpan<double> turns)
    {
        (Tensor largest, Tensor range) = ValueAndRange(color);
        Tensor[] channels = color.split(1, 1);
        (Tensor red, Tensor green, Tensor blue) = (channels[0], channels[1], channels[2]);
        Tensor divisor = range.AtLeast(SmallestRange);

        // In sixths of a turn, from red on.
        Tensor hue = where(
            largest.eq(red),
            green.sub(blue).div(divisor),
            where(largest.eq(green), blue.sub(red).div(divisor).Plus(2), red.sub(green).div(divisor).Plus(4))).Plus(
                OfImages(turns, color.device).Times(6));
        return cat([Channel(5), Channel(3), Channel(1)], 1);

        Tensor Channel(double offset)
        {
            Tensor place = hue.Plus(offset).Modulo(6);
            return largest.sub(range.mul(place.minimum(place.From(4)).AtLeast(0).AtMost(1)));
        }
    }

    /// <summary>Blurs by a Gaussian along columns and rows; the image goes on mirrored beyond its edges.</summary>
    /// <param name="color">Any channels, <c>N x C x H x W, float32</c>, sides greater than seven of the largest deviations.</param>
    /// <param name="sigmas">Each image's standard deviation in pixels, more than 0.</param>
    public static Tensor Blur(Tensor color, params ReadOnlySpan<double> sigmas)
    {
        double[] deviations = sigmas.ToArray();
        int radius = (int)Math.Ceiling(DeviationsOfKernel * deviations.Max());
        double[][] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1)
            .Select(k => deviations.Select(sigma => Math.Exp(-k * k / (2 * sigma * sigma))).ToArray())];
        double[] sums = [.. deviations.Select((_, n) => weights.Sum(ofPlace => ofPlace[n]))];
        Tensor[] kernel = [.. weights.Select(
            ofPlace => OfImages([.. ofPlace.Select((weight, n) => weight / sums[n])], color.device))];
        return Along(Along(color, 2), 3);

        Tensor Along(Tensor image, long dimension)
        {
            long length = image.shape[dimension];
            Tensor before = image.narrow(dimension, 1, radius).flip(dimension);
            Tensor after = image.narrow(dimension, length - 1 - radius, radius).flip(dimension);
            Tensor extended = cat([before, image, after], dimension);
            Tensor blurred = extended.narrow(dimension, 0, length).mul(kernel[0]);
            for (int k = 1; k < kernel.Length; k++)
            {
                using Tensor part = extended.narrow(dimension, k, length);
                using Tensor weighted = part.mul(kernel[k]);
                blurred.PlusInPlace(weighted);
            }

            return blurred;
        }
    }

    private static int[] DrawOrder(Random random)
    {
        int[] order = [0, 1, 2, 3];
        for (int i = 0; i < order.Length; i++)
        {
            int drawn = random.Next(i, order.Length);
            (order[i], order[drawn]) = (order[drawn], order[i]);
        }

        return order;
    }

    /// <summary>A number for each image, <c>N x 1 x 1 x 1, float32</c>.</summary>
    private static Tensor OfImages(ReadOnlySpan<double> numbers, Device device)
    {
        float[] values = new float[numbers.Length];
        for (int n = 0; n < values.Length; n++)
        {
            values[n] = (float)numbers[n];
        }

        return tensor(values, [values.Length, 1, 1, 1], device: device);
    }

    private static (Tensor Largest, Tensor Range) ValueAndRange(Tensor color)
    {
        Tensor largest = color.amax([1], keepdim: true);
        return (largest, largest.sub(color.amin([1], keepdim: true)));
    }
}
