using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>A street lamp: a pole with an arm over the road. It belongs to no class.</summary>
internal sealed class Lamp(Stage stage, float x, int side, float z) : StreetObject
{
    private readonly float _height = stage.Look.Detailed ? stage.Random.Between(5.5f, 8) : 6.5f;
    private readonly SKColor _color = stage.Look.Detailed ? new SKColor(76, 78, 76).Jitter(stage.Random, 14) : new SKColor(150, 156, 168);

    public override int Layer => 1;

    public override float Distance => z;

    public override void Paint(Stage stage)
    {
        var foot = new Vector3(x, 0, z);
        float scale = stage.View.PixelsPerMetre(foot);
        if (scale == 0)
        {
            return;
        }

        SKPoint low = stage.View.Project(foot);
        SKPoint high = stage.View.Project(foot + new Vector3(0, _height, 0));
        SKPoint arm = stage.View.Project(foot + new Vector3(-side * 1.4f, _height + 0.3f, 0));
        using var line = new SKPath();
        line.MoveTo(low);
        line.LineTo(high);
        line.LineTo(arm);
        using var stroke =
            new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = MathF.Max(0.13f * scale, 0.5f), StrokeJoin = SKStrokeJoin.Round };
        using SKPath pole = stroke.GetFillPath(line);
        using var head = new SKPath();
        head.AddOval(SKRect.Create(arm.X - (0.45f * scale), arm.Y - (0.12f * scale), 0.9f * scale, 0.3f * scale));
        pole.AddPath(head);
        stage.Canvas.Fill(SceneClass.Ignored, pole, new Material(stage.Look.Through(_color, stage.View.Depth(foot))));
    }
}
