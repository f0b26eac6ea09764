using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>The shadows that objects cast on the ground, all of them one darkening.</summary>
internal static class ShadowPainter
{
    public static void Paint(Stage stage, IEnumerable<StreetObject> objects)
    {
        if (stage.Look.Shadow is not Vector2 fall)
        {
            return;
        }

        using var shadows = new SKPath { FillType = SKPathFillType.Winding };
        foreach (StreetObject item in objects)
        {
            if (item.ShadowCasters.Count == 0)
            {
                continue;
            }

            IEnumerable<Vector2> onGround = item.ShadowCasters.Select(point => new Vector2(point.X, point.Z) + (point.Y * fall));
            Vector3[] hull = [.. Hull([.. onGround]).Select(point => new Vector3(point.X, 0, point.Y))];
            using SKPath shadow = stage.View.Outline(hull);
            shadows.AddPath(shadow);
        }

        // The ground alone darkens: what stands on it is painted later, the sky lies behind the horizon.
        using var paint = new SKPaint
        {
            Color = new SKColor(16, 20, 34, (byte)(255 * stage.Look.ShadowStrength)),
            IsAntialias = true,
            MaskFilter = stage.Look.Detailed ? SKMaskFilter.CreateBlur(SKBlurStyle.Normal, 0.8f) : null,
        };
        stage.Canvas.Decorate(shadows, paint);
    }

    // Andrew's monotone chain; counter-clockwise, so that overlapping shadows wind alike.
    private static List<Vector2> Hull(Vector2[] points)
    {
        Array.Sort(points, (a, b) => a.X != b.X ? a.X.CompareTo(b.X) : a.Y.CompareTo(b.Y));
        List<Vector2> lower = Chain(points);
        List<Vector2> upper = Chain([.. points.Reverse()]);
        return [.. lower.SkipLast(1), .. upper.SkipLast(1)];
    }

    private static List<Vector2> Chain(IEnumerable<Vector2> points)
    {
        var chain = new List<Vector2>();
        foreach (Vector2 point in points)
        {
            while (chain.Count >= 2 && Cross(chain[^1] - chain[^2], point - chain[^1]) <= 0)
            {
                chain.RemoveAt(chain.Count - 1);
            }

            chain.Add(point);
        }

        return chain;
    }

    private static float Cross(Vector2 a, Vector2 b) => (a.X * b.Y) - (a.Y * b.X);
}
