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
    /// Draws once for all images whether colours and sharpness change, and for every image how.
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
        Tensor[] colors = normalization.ToRgb(images).unbind(0);
        for (int n = 0; n < colors.Length; n++)
        {
            if (changesColors)
            {
                colors[n] = Jitter(colors[n], random);
            }

            if (changesSharpness)
            {
                colors[n] = Blur(colors[n], SmallestSigma + (SigmaRange * random.NextDouble()));
            }
        }

        return normalization.FromRgb(stack(colors, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds a number.</summary>
    /// <param name="color">RGB, 0 to 1, <c>3 x H x W, float32</c>.</param>
    /// <param name="shift">The number.</param>
    public static Tensor Brighten(Tensor color, double shift) => color.Plus(shift).AtLeast(0).AtMost(1);

    /// <summary>Multiplies by a number.</summary>
    public static Tensor ScaleContrast(Tensor color, double factor) => color.Times(factor).AtLeast(0).AtMost(1);

    /// <summary>Multiplies the saturation of HSV, at most to 1.</summary>
    public static Tensor ScaleSaturation(Tensor color, double factor)
    {
        // A channel lies below the largest by value x saturation x a share that depends on the hue alone; nothing can fall below zero.
        (Tensor largest, Tensor range) = ValueAndRange(color);
        Tensor limited = largest.div(range.AtLeast(SmallestRange)).AtMost(factor);
        return largest.sub(largest.sub(color).mul(limited));
    }

    /// <summary>Turns the hue of HSV.</summary>
    /// <param name="color">RGB, 0 to 1, <c>3 x H x W, float32</c>.</param>
    /// <param name="turns">How far; 1 is a whole turn.</param>
    public static Tensor TurnHue(Tensor color, double turns)
    {
        (Tensor largest, Tensor range) = ValueAndRange(color);
        Tensor[] channels = color.split(1, 0);
        (Tensor red, Tensor green, Tensor blue) = (channels[0], channels[1], channels[2]);
        Tensor divisor = range.AtLeast(SmallestRange);

        // In sixths of a turn, from red on.
        Tensor hue = where(
            largest.eq(red),
            green.sub(blue).div(divisor),
            where(largest.eq(green), blue.sub(red).div(divisor).Plus(2), red.sub(green).div(divisor).Plus(4))).Plus(6 * turns);
        return cat([Channel(5), Channel(3), Channel(1)], 0);

        Tensor Channel(double offset)
        {
            Tensor place = hue.Plus(offset).Modulo(6);
            return largest.sub(range.mul(place.minimum(place.From(4)).AtLeast(0).AtMost(1)));
        }
    }

    /// <summary>Blurs by a Gaussian along columns and rows; the image goes on mirrored beyond its edges.</summary>
    /// <param name="color">Any channels, <c>C x H x W, float32</c>, sides greater than seven deviations.</param>
    /// <param name="sigma">The standard deviation in pixels, more than 0.</param>
    public static Tensor Blur(Tensor color, double sigma)
    {
        int radius = (int)Math.Ceiling(DeviationsOfKernel * sigma);
        double[] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(k => Math.Exp(-k * k / (2 * sigma * sigma)))];
        double sum = weights.Sum();
        return Along(Along(color, 1), 2);

        Tensor Along(Tensor image, long dimension)
        {
            long length = image.shape[dimension];
            Tensor before = image.narrow(dimension, 1, radius).flip(dimension);
            Tensor after = image.narrow(dimension, length - 1 - radius, radius).flip(dimension);
            Tensor extended = cat([before, image, after], dimension);
            Tensor blurred = extended.narrow(dimension, 0, length).Times(weights[0] / sum);
            for (int k = 1; k < weights.Length; k++)
            {
                blurred.PlusInPlace(extended.narrow(dimension, k, length), weights[k] / sum);
            }

            return blurred;
        }
    }

    private static Tensor Jitter(Tensor color, Random random)
    {
        double shift = Draw();
        double contrast = 1 + Draw();
        double saturation = 1 + Draw();
        double turns = Draw();
        Func<Tensor, Tensor>[] changes =
        [
            image => Brighten(image, shift),
            image => ScaleContrast(image, contrast),
            image => ScaleSaturation(image, saturation),
            image => TurnHue(image, turns),
        ];
        for (int i = 0; i < changes.Length; i++)
        {
            int drawn = random.Next(i, changes.Length);
            (changes[i], changes[drawn]) = (changes[drawn], changes[i]);
        }

        // Rounded pixels may lie a little outside.
        return changes.Aggregate(color.AtLeast(0).AtMost(1), static (image, change) => change(image));

        double Draw() => Strength * ((2 * random.NextDouble()) - 1);
    }

    private static (Tensor Largest, Tensor Range) ValueAndRange(Tensor color)
    {
        Tensor largest = color.amax([0], keepdim: true);
        return (largest, largest.sub(color.amin([0], keepdim: true)));
    }
}
