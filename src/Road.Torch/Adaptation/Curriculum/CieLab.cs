namespace Road.Torch.Adaptation;

/// <summary>Colours of CIELAB, white point D65, from sRGB (IEC 61966-2-1).</summary>
internal static class CieLab
{
    private static readonly float[] Linear = [.. Enumerable.Range(0, 256).Select(static value =>
    {
        double v = value / 255.0;
        return (float)(v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4));
    })];

    /// <summary>Converts pixels.</summary>
    /// <param name="pixels">Interleaved RGB.</param>
    /// <returns>L, a and b of each pixel, interleaved: L from 0 to 100.</returns>
    public static float[] FromRgb(ReadOnlySpan<byte> pixels)
    {
        float[] colors = new float[pixels.Length];
        for (int i = 0; i < pixels.Length; i += 3)
        {
            float r = Linear[pixels[i]];
            float g = Linear[pixels[i + 1]];
            float b = Linear[pixels[i + 2]];
            float x = Root(((0.4124564f * r) + (0.3575761f * g) + (0.1804375f * b)) / 0.95047f);
            float y = Root((0.2126729f * r) + (0.7151522f * g) + (0.0721750f * b));
            float z = Root(((0.0193339f * r) + (0.1191920f * g) + (0.9503041f * b)) / 1.08883f);
            colors[i] = (116 * y) - 16;
            colors[i + 1] = 500 * (x - y);
            colors[i + 2] = 200 * (y - z);
        }

        return colors;
    }

    private static float Root(float value) => value > 0.008856f ? MathF.Cbrt(value) : (7.787f * value) + (16f / 116);
}
