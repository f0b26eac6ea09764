namespace Road.Torch.Data;

/// <summary>
/// Changes brightness, contrast and saturation at random, in this order, as torchvision's <c>ColorJitter</c> defines them:
/// each factor is drawn evenly from 1 - amount to 1 + amount.
/// </summary>
public sealed class ColorJitter
{
    /// <summary>Creates the augmentation.</summary>
    /// <param name="brightness">The amount for brightness, 0 (none) to 1.</param>
    /// <param name="contrast">The amount for contrast, 0 (none) to 1.</param>
    /// <param name="saturation">The amount for saturation, 0 (none) to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An amount is outside its range.</exception>
    public ColorJitter(double brightness, double contrast, double saturation)
    {
        Brightness = OptionGuard.Between(brightness, 0, 1, nameof(brightness));
        Contrast = OptionGuard.Between(contrast, 0, 1, nameof(contrast));
        Saturation = OptionGuard.Between(saturation, 0, 1, nameof(saturation));
    }

    /// <summary>The amount for brightness.</summary>
    public double Brightness { get; }

    /// <summary>The amount for contrast.</summary>
    public double Contrast { get; }

    /// <summary>The amount for saturation.</summary>
    public double Saturation { get; }

    /// <summary>Draws the factors and changes an area of a crop.</summary>
    internal void Apply(byte[] pixels, int size, CropArea area, Random random) =>
        Change(pixels, size, area, Factor(Brightness, random), Factor(Contrast, random), Factor(Saturation, random));

    /// <summary>
    /// Changes an area in place: colours times the brightness; then their distance from the area's mean luminance times
    /// the contrast; then their distance from their own luminance times the saturation. Each step ends at 0 and 255, and
    /// the last is rounded.
    /// </summary>
    internal static void Change(byte[] pixels, int size, CropArea area, float brightness, float contrast, float saturation)
    {
        // What the first two steps make of a value depends on nothing else, so it is looked up.
        Span<float> values = stackalloc float[256];
        for (int value = 0; value < values.Length; value++)
        {
            values[value] = Limit(value * brightness);
        }

        float mean = MeanLuminance(pixels, size, area, values);
        foreach (ref float value in values)
        {
            value = Blend(value, mean, contrast);
        }

        for (int y = area.Y; y < area.Y + area.Height; y++)
        {
            Span<byte> row = Row(pixels, size, area, y);
            for (int i = 0; i < row.Length; i += 3)
            {
                (float red, float green, float blue) = (values[row[i]], values[row[i + 1]], values[row[i + 2]]);
                float grey = Luminance(red, green, blue);
                row[i] = (byte)(Blend(red, grey, saturation) + 0.5f);
                row[i + 1] = (byte)(Blend(green, grey, saturation) + 0.5f);
                row[i + 2] = (byte)(Blend(blue, grey, saturation) + 0.5f);
            }
        }
    }

    private static float MeanLuminance(byte[] pixels, int size, CropArea area, ReadOnlySpan<float> values)
    {
        double total = 0;
        for (int y = area.Y; y < area.Y + area.Height; y++)
        {
            ReadOnlySpan<byte> row = Row(pixels, size, area, y);
            for (int i = 0; i < row.Length; i += 3)
            {
                total += Luminance(values[row[i]], values[row[i + 1]], values[row[i + 2]]);
            }
        }

        return (float)(total / ((double)area.Width * area.Height));
    }

    private static float Factor(double amount, Random random) => (float)(1 + (amount * ((2 * random.NextDouble()) - 1)));

    private static Span<byte> Row(byte[] pixels, int size, CropArea area, int y) =>
        pixels.AsSpan(((y * size) + area.X) * 3, area.Width * 3);

    private static float Blend(float value, float reference, float factor) => Limit(reference + (factor * (value - reference)));

    private static float Limit(float value) => Math.Clamp(value, 0, 255);

    /// <summary>The luma of ITU-R BT.601.</summary>
    private static float Luminance(float red, float green, float blue) => (0.299f * red) + (0.587f * green) + (0.114f * blue);
}
