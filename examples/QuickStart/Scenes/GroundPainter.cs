using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>Lawns, sidewalks with their curbs, the road and its marks.</summary>
internal static class GroundPainter
{
    private const float Near = -12;
    private const float Far = 420;

    public static void Paint(Stage stage)
    {
        Layout layout = stage.Layout;
        Look look = stage.Look;
        float road = layout.RoadHalfWidth;
        float sidewalk = road + layout.SidewalkWidth;

        Strip(stage, SceneClass.Vegetation, look.Lawn, -400, 400);
        Strip(stage, SceneClass.Sidewalk, look.Sidewalk, -sidewalk, sidewalk);
        Strip(stage, SceneClass.Sidewalk, look.Curb, -road - 0.22f, road + 0.22f);
        Strip(stage, SceneClass.Road, look.Road, -road, road);
        if (layout.Crossing is float z)
        {
            stage.FillPlane(SceneClass.Sidewalk, look.Sidewalk, Rectangle(-300, 300, z - 2.2f, z), z);
            stage.FillPlane(SceneClass.Sidewalk, look.Sidewalk, Rectangle(-300, 300, z + 7, z + 9.2f), z + 8);
            stage.FillPlane(SceneClass.Road, look.Road, Rectangle(-300, 300, z, z + 7), z + 3);
            stage.FillPlane(SceneClass.Road, look.Road, Rectangle(-road, road, z - 2.4f, z + 9.4f), z);
        }

        if (look.Detailed)
        {
            PaintWear(stage);
        }

        PaintMarks(stage);
        PaintHaze(stage);
    }

    /// <summary>A rectangle on the ground, from the left near corner on.</summary>
    public static Vector3[] Rectangle(float left, float right, float near, float far) =>
        [new(left, 0, near), new(right, 0, near), new(right, 0, far), new(left, 0, far)];

    // A strip is cut along the road, so that the far parts can take on the air's colour.
    private static void Strip(Stage stage, SceneClass kind, Material material, float left, float right) =>
        stage.FillPlane(kind, material, Rectangle(left, right, Near, Far), 0);

    private static void PaintMarks(Stage stage)
    {
        Layout layout = stage.Layout;
        var paint = new Material(stage.Look.LaneMark);
        float wear = stage.Look.Detailed ? stage.Random.NextSingle() : 0;
        paint = paint with { Color = paint.Color.Mix(stage.Look.Road.Color, wear * 0.5f) };
        for (float z = 1.5f; z < 120; z += 6)
        {
            if (!InCrossing(layout, z))
            {
                stage.DecoratePlane(paint, Rectangle(-0.08f, 0.08f, z, z + 3), 0);
            }
        }

        if (!stage.Look.Detailed || wear < 0.4f)
        {
            float edge = layout.RoadHalfWidth - 0.3f;
            stage.DecoratePlane(paint, Rectangle(-edge - 0.06f, -edge + 0.06f, Near, layout.Crossing ?? 150), 0);
            stage.DecoratePlane(paint, Rectangle(edge - 0.06f, edge + 0.06f, Near, layout.Crossing ?? 150), 0);
        }

        // A zebra, before the crossing street or anywhere.
        float? zebra = layout.Crossing - 4.6f ?? (stage.Random.NextSingle() < 0.35f ? stage.Random.Between(9, 22) : null);
        for (float x = -layout.RoadHalfWidth + 0.4f; zebra is float start && x < layout.RoadHalfWidth - 0.5f; x += 1.1f)
        {
            stage.DecoratePlane(paint, Rectangle(x, x + 0.55f, start, start + 2.6f), 0);
        }
    }

    private static bool InCrossing(Layout layout, float z) => layout.Crossing is float start && z > start - 6 && z < start + 8;

    // Patches, tyre tracks and stains.
    private static void PaintWear(Stage stage)
    {
        Random random = stage.Random;
        float road = stage.Layout.RoadHalfWidth;
        for (int i = 0; i < 7; i++)
        {
            float x = random.Between(-road, road * 0.8f);
            float z = random.Between(2, 40);
            Vector3[] patch = Rectangle(x, Math.Min(x + random.Between(0.5f, 2.4f), road), z, z + random.Between(1, 7));
            var tone = new Material(stage.Look.Road.Color.Times(random.Between(0.75f, 1.15f)).WithAlpha(150), Textures.Asphalt, 0.4f, 2);
            stage.DecoratePlane(tone, patch, 0);
        }

        foreach (float track in (float[])[-0.72f, -0.3f, 0.3f, 0.72f])
        {
            float x = track * road;
            stage.DecoratePlane(new Material(new SKColor(30, 28, 26, 26)), Rectangle(x - 0.35f, x + 0.35f, Near, 300), 0);
        }
    }

    // The ground's share of haze follows from the depth at which each line of the picture meets it.
    private static void PaintHaze(Stage stage)
    {
        SKPoint horizon = stage.View.Project(new Vector3(stage.View.Position.X, 0, Far));
        SKPoint near = stage.View.Project(new Vector3(stage.View.Position.X, 0, 4));
        var colors = new List<SKColor>();
        var places = new List<float>();
        foreach (float z in (float[])[4, 8, 16, 32, 64, 128, 256, Far])
        {
            SKPoint line = stage.View.Project(new Vector3(stage.View.Position.X, 0, z));
            float share = 1 - MathF.Exp(-z / stage.Look.Visibility);
            colors.Add(stage.Look.Haze.WithAlpha((byte)(255 * share)));
            places.Add((line.Y - near.Y) / (horizon.Y - near.Y));
        }

        using SKPath ground = stage.View.Outline(Rectangle(-400, 400, Near, Far));
        using var shader = SKShader.CreateLinearGradient(near, horizon, [.. colors], [.. places], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader, IsAntialias = true };
        stage.Canvas.Decorate(ground, paint);
    }
}
