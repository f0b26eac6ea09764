using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>A tree, or a bush where it is low.</summary>
internal sealed class Tree : StreetObject
{
    private readonly Vector3 _foot;
    private readonly float _height;
    private readonly float _radius;
    private readonly bool _conifer;
    private readonly Material _leaves;

    public Tree(Stage stage, float x, float z, float height, int layer, bool? conifer = null)
    {
        Random random = stage.Random;
        _foot = new Vector3(x, 0, z);
        _height = height;
        _radius = height * (height < 2 ? 0.55f : random.Between(0.24f, 0.34f));
        bool narrow = random.NextSingle() < 0.2f;
        _conifer = conifer ?? (height > 3 && narrow);
        _leaves = stage.Look.Foliage(random);
        Layer = layer;
    }

    public override int Layer { get; }

    public override float Distance => _foot.Z;

    public override IReadOnlyList<Vector3> ShadowCasters
    {
        get
        {
            float middle = _height - _radius;
            var points = new List<Vector3> { _foot };
            for (int i = 0; i < 10; i++)
            {
                (float sin, float cos) = MathF.SinCos(i * MathF.Tau / 10);
                points.Add(_foot + new Vector3(_radius * cos, middle, _radius * sin));
            }

            return points;
        }
    }

    public override void Paint(Stage stage)
    {
        float scale = stage.View.PixelsPerMetre(_foot);
        if (scale == 0)
        {
            return;
        }

        float depth = stage.View.Depth(_foot);
        SKPoint foot = stage.View.Project(_foot);
        if (_height > 2)
        {
            using var trunk = new SKPath();
            float half = 0.13f * scale * (_height / 6);
            trunk.AddPoly(
                [new(foot.X - (1.3f * half), foot.Y), new(foot.X + (1.3f * half), foot.Y),
                    new(foot.X + half, foot.Y - (0.6f * _height * scale)), new(foot.X - half, foot.Y - (0.6f * _height * scale))]);
            SKColor bark = stage.Look.Detailed ? new SKColor(82, 70, 58) : new SKColor(122, 84, 52);
            stage.Canvas.Fill(SceneClass.Vegetation, trunk, new Material(stage.Look.Through(bark, depth)));
        }

        var centre = new SKPoint(foot.X, foot.Y - ((_height < 2 ? 0.4f * _height : _height - _radius) * scale));
        Material leaves = stage.Look.Through(_leaves, depth);
        using SKPath crown = Crown(stage, centre, _radius * scale);
        stage.Canvas.Fill(SceneClass.Vegetation, crown, leaves);
        stage.Canvas.DecorateWithin(crown, canvas => PaintLight(canvas, stage, centre, _radius * scale, leaves.Color));
    }

    private SKPath Crown(Stage stage, SKPoint centre, float radius)
    {
        Random random = stage.Random;
        var crown = new SKPath { FillType = SKPathFillType.Winding };
        if (_conifer)
        {
            for (int tier = 0; tier < 3; tier++)
            {
                float y = centre.Y + (radius * (1 - (0.75f * tier)));
                float half = radius * (0.85f - (0.2f * tier));
                using var cone = new SKPath();
                cone.AddPoly([new(centre.X - half, y), new(centre.X + half, y), new(centre.X, y - (1.5f * radius))]);
                crown.AddPath(cone);
            }

            return crown;
        }

        crown.AddCircle(centre.X, centre.Y, radius * 0.8f);
        int lumps = stage.Look.Detailed ? 16 : 5;
        for (int i = 0; i < lumps; i++)
        {
            (float sin, float cos) = MathF.SinCos((i + random.NextSingle()) * MathF.Tau / lumps);
            float lump = radius * (stage.Look.Detailed ? random.Between(0.18f, 0.46f) : 0.5f);
            float reach = radius * (stage.Look.Detailed ? random.Between(0.55f, 0.9f) : 0.55f);
            crown.AddCircle(centre.X + (reach * cos), centre.Y + (reach * sin), lump);
        }

        return crown;
    }

    private static void PaintLight(SKCanvas canvas, Stage stage, SKPoint centre, float radius, SKColor leaves)
    {
        Random random = stage.Random;
        using var paint = new SKPaint { IsAntialias = true };
        if (!stage.Look.Detailed)
        {
            paint.Color = leaves.Times(1.18f);
            canvas.DrawCircle(centre.X - (0.3f * radius), centre.Y - (0.35f * radius), 0.62f * radius, paint);
            return;
        }

        // Clumps of leaves: dark below, light above.
        for (int i = 0; i < 46; i++)
        {
            (float sin, float cos) = MathF.SinCos(random.NextSingle() * MathF.Tau);
            float reach = radius * 1.1f * MathF.Sqrt(random.NextSingle());
            float lift = -sin * reach / radius;
            float tone = 1 + (0.3f * lift) + random.Between(-0.3f, 0.25f);
            paint.Color = leaves.Times(tone).WithAlpha(150);
            canvas.DrawCircle(centre.X + (cos * reach), centre.Y + (sin * reach), radius * random.Between(0.08f, 0.22f), paint);
        }
    }
}
