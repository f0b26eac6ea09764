using SkiaSharp;

namespace Streets.Convert;

/// <summary>The inside of an ellipse.</summary>
/// <param name="Bounds">The rectangle that it fills, before it is turned.</param>
/// <param name="Degrees">How far it is turned clockwise around its centre.</param>
internal sealed record EllipseArea(SKRect Bounds, double Degrees = 0) : IArea
{
    public void Draw(MaskCanvas canvas, byte value)
    {
        using SKPath path = new();
        path.AddOval(Bounds);
        path.Transform(SKMatrix.CreateRotationDegrees((float)Degrees, Bounds.MidX, Bounds.MidY));
        canvas.Fill(path, value);
    }
}
