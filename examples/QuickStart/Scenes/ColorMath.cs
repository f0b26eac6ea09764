using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>Arithmetic on colours and random draws in ranges.</summary>
internal static class ColorMath
{
    public static SKColor Times(this SKColor color, float factor) =>
        new(Clamp(color.Red * factor), Clamp(color.Green * factor), Clamp(color.Blue * factor), color.Alpha);

    public static SKColor Mix(this SKColor from, SKColor to, float share) => new(
        Clamp(from.Red + (share * (to.Red - from.Red))),
        Clamp(from.Green + (share * (to.Green - from.Green))),
        Clamp(from.Blue + (share * (to.Blue - from.Blue))),
        from.Alpha);

    public static SKColor Jitter(this SKColor color, Random random, float spread)
    {
        float all = random.Between(-spread, spread);
        return new SKColor(
            Clamp(color.Red + all + random.Between(-spread / 2, spread / 2)),
            Clamp(color.Green + all + random.Between(-spread / 2, spread / 2)),
            Clamp(color.Blue + all + random.Between(-spread / 2, spread / 2)));
    }

    public static float Between(this Random random, float low, float high) => low + (random.NextSingle() * (high - low));

    public static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private static byte Clamp(float value) => (byte)Math.Clamp(MathF.Round(value), 0, 255);
}
