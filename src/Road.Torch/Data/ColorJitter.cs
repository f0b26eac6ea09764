namespace Road.Torch.Data;

/// <summary>
/// Changes brightness, contrast, saturation and hue at random, in this order, as torchvision's <c>ColorJitter</c> defines them:
/// each factor is drawn evenly from 1 - amount to 1 + amount, and the turn of the hue from -amount to amount.
/// </summary>
public sealed class ColorJitter
{
    /// <summary>Creates the augmentation.</summary>
    /// <param name="brightness">The amount for brightness, 0 (none) to 1.</param>
    /// <param name="contrast">The amount for contrast, 0 (none) to 1.</param>
    /// <param name="saturation">The amount for saturation, 0 (none) to 1.</param>
    /// <param name="hue">The amount for hue, in turns of its circle: 0 (none, the default) to 0.5 (any hue).</param>
    /// <exception cref="ArgumentOutOfRangeException">An amount is outside its range.</exception>
    public ColorJitter(double brightness, double contrast, double saturation, double hue = 0)
    {
        Brightness = OptionGuard.Between(brightness, 0, 1, nameof(brightness));
        Contrast = OptionGuard.Between(contrast, 0, 1, nameof(contrast));
        Saturation = OptionGuard.Between(saturation, 0, 1, nameof(saturation));
        Hue = OptionGuard.Between(hue, 0, 0.5, nameof(hue));
    }

    /// <summary>The amount for brightness.</summary>
    public double Brightness { get; }

    /// <summary>The amount for contrast.</summary>
    public double Contrast { get; }

    /// <summary>The amount for saturation.</summary>
    public double Saturation { get; }

    /// <summary>The amount for hue, in turns.</summary>
    public double Hue { get; }

    /// <summary>Draws the factors and changes an area of a crop.</summary>
    internal void Apply(byte[] pixels, int size, CropArea area, Random random)
    {
        if (Brightness > 0 || Contrast > 0 || Saturation > 0 || Hue == 0)
        {
            Change(pixels, size, area, Factor(Brightness, random), Factor(Contrast, random), Factor(Saturation, random));
        }

        // Drawn last and only where it is asked for, so that crops without it stay what they were.
        if (Hue > 0)
        {
            TurnHue(pixels, size, area, (float)(Hue * ((2 * random.NextDouble()) - 1)));
        }
    }

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

    /// <summary>
    /// Turns the hues of an area in place: each colour keeps the value and the saturation of HSV, and so its largest and smallest channel.
    /// </summary>
    /// <param name="pixels">The crop.</param>
    /// <param name="size">Its side.</param>
    /// <param name="area">The area.</param>
    /// <param name="turn">How far: a third turns red into green, green into blue.</param>
    internal static void TurnHue(byte[] pixels, int size, CropArea area, float turn)
    {
        float sixths = 6 * turn;
        for (int y = area.Y; y < area.Y + area.Height; y++)
        {
            Span<byte> row = Row(pixels, size, area, y);
            for (int i = 0; i < row.Length; i += 3)
            {
                (int red, int green, int blue) = (row[i], row[i + 1], row[i + 2]);
                int largest = Math.Max(red, Math.Max(green, blue));
                int range = largest - Math.Min(red, Math.Min(green, blue));
                if (range == 0)
                {
                    continue;
                }

                // In sixths of a turn, from red on.
                float hue = sixths + (largest == red ? (float)(green - blue) / range
                    : largest == green ? 2 + ((float)(blue - red) / range)
                    : 4 + ((float)(red - green) / range));
                row[i] = Channel(hue + 5, largest, range);
                row[i + 1] = Channel(hue + 3, largest, range);
                row[i + 2] = Channel(hue + 1, largest, range);
            }
        }
    }

    /// <summary>A channel of a hue: its largest value but for what lies within two sixths of the place opposite to it.</summary>
    private static byte Channel(float place, int largest, int range)
    {
        float within = place - (6 * MathF.Floor(place / 6));
        return (byte)(largest - (range * Math.Clamp(Math.Min(within, 4 - within), 0, 1)) + 0.5f);
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
