using SkiaSharp;

namespace Streets.Convert;

/// <summary>The inside of polygons, each for itself; where an outline crosses itself, what it goes around twice is outside.</summary>
/// <param name="Rings">The polygons' corners, in pixels from the image's upper left corner.</param>
internal sealed record PolygonArea(IReadOnlyList<SKPoint[]> Rings) : IArea
{
    /// <summary>A rectangle, turned clockwise around a point.</summary>
    public static PolygonArea Box(SKRect box, double degrees, SKPoint pivot)
    {
        SKMatrix turn = SKMatrix.CreateRotationDegrees((float)degrees, pivot.X, pivot.Y);
        SKPoint[] corners =
        [
            new(box.Left, box.Top), new(box.Right, box.Top), new(box.Right, box.Bottom), new(box.Left, box.Bottom),
        ];
        return new PolygonArea([turn.MapPoints(corners)]);
    }

    public void Draw(MaskCanvas canvas, byte value)
    {
        foreach (SKPoint[] ring in Rings)
        {
            using SKPath path = new() { FillType = SKPathFillType.EvenOdd };
            path.AddPoly(ring);
            canvas.Fill(path, value);
        }
    }
}
