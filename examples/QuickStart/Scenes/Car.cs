using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>A car: a side profile drawn out to the car's width, with windows, lights and wheels.</summary>
internal sealed class Car : StreetObject
{
    // Corners (metres from the rear, height), from the rear bumper over the roof to the front bumper.
    public static readonly Vector2[] Saloon =

        [
            new(0, 0.28f), new(0.02f, 0.86f), new(0.55f, 0.96f), new(1.15f, 1.42f), new(2.4f, 1.44f), new(3.15f, 0.96f),
            new(4.2f, 0.78f), new(4.3f, 0.28f),
        ];

    public static readonly Vector2[] Estate =
        [new(0, 0.28f), new(0.02f, 0.95f), new(0.3f, 1.5f), new(2.5f, 1.52f), new(3.2f, 1.0f), new(4.15f, 0.84f), new(4.25f, 0.28f)];

    public static readonly Vector2[] Van =
        [new(0, 0.3f), new(0, 1.0f), new(0.08f, 2.05f), new(3.3f, 2.05f), new(4.1f, 1.15f), new(4.75f, 0.95f), new(4.8f, 0.3f)];

    private readonly float _x;
    private readonly float _z;
    private readonly bool _oncoming;
    private readonly float _halfWidth = 0.87f;
    private readonly Vector2[] _profile;
    private readonly Material _paint;

    public Car(Stage stage, float x, float z, bool oncoming, Vector2[]? profile = null)
    {
        Random random = stage.Random;
        _x = x + (stage.Look.Detailed ? random.Between(-0.12f, 0.12f) : 0);
        _z = z;
        _oncoming = oncoming;
        _paint = stage.Look.CarPaint(random);
        float kind = random.NextSingle();
        profile ??= kind < (stage.Look.Detailed ? 0.4f : 0.85f) ? Saloon : kind < 0.85f ? Estate : Van;
        float length = profile[^1].X;
        _profile = oncoming ? [.. profile.Select(point => new Vector2(length - point.X, point.Y)).Reverse()] : profile;
    }

    public override int Layer => 1;

    public override float Distance => _z;

    public override IReadOnlyList<Vector3> ShadowCasters =>
        [.. _profile.SelectMany(
            point => new Vector3[] { At(point, -1), At(point, 1), At(point with { Y = 0 }, -1), At(point with { Y = 0 }, 1) })];

    public override void Paint(Stage stage)
    {
        Vector3 eye = stage.View.Position;
        float depth = stage.View.Depth(new Vector3(_x, 0.8f, _z));
        if (depth < 0.5f)
        {
            return;
        }

        PaintContact(stage);
        int side = eye.X < _x ? -1 : 1;
        bool sideSeen = MathF.Abs(eye.X - _x) > _halfWidth;
        if (sideSeen)
        {
            PaintSide(stage, side, depth);
        }

        for (int i = 0; i + 1 < _profile.Length; i++)
        {
            Vector2 from = _profile[i];
            Vector2 to = _profile[i + 1];

            // The outward normal of an edge that runs from the near end over the roof to the far end.
            var normal = new Vector2(from.Y - to.Y, to.X - from.X);
            var toEye = new Vector2(eye.Z - _z - from.X, eye.Y - from.Y);
            if (Vector2.Dot(normal, toEye) > 0)
            {
                PaintPanel(stage, from, to, normal, depth);
            }
        }

        PaintNearEnd(stage, depth);
    }

    private Vector3 At(Vector2 point, int side) => new(_x + (side * _halfWidth), point.Y, _z + point.X);

    private void PaintContact(Stage stage)
    {
        float length = MathF.Max(_profile[^1].X, _profile[0].X);
        stage.DecoratePlane(
            new Material(new SKColor(18, 18, 20, 190)),
            GroundPainter.Rectangle(_x - _halfWidth - 0.06f, _x + _halfWidth + 0.06f, _z + 0.02f, _z + length), 0);
    }

    private void PaintPanel(Stage stage, Vector2 from, Vector2 to, Vector2 normal, float depth)
    {
        bool glass = MathF.Min(from.Y, to.Y) > 0.8f && MathF.Abs(to.Y - from.Y) > 0.3f;
        float light = 0.82f + (0.3f * normal.Y / normal.Length());
        Vector3[] panel = [At(from, -1), At(from, 1), At(to, 1), At(to, -1)];
        stage.FillPlane(SceneClass.Car, _paint.Shaded(light) with { Strength = 0 }, panel, depth);
        if (glass)
        {
            Vector3 middle = (panel[0] + panel[2]) / 2;
            Vector3[] pane = [.. panel.Select(corner => Vector3.Lerp(corner, middle, 0.14f))];
            SKColor tint = stage.Look.Detailed ? new SKColor(50, 54, 58).Mix(stage.Look.SkyHorizon, 0.22f) : new SKColor(70, 110, 140);
            stage.DecoratePlane(new Material(tint), pane, depth);
        }
    }

    private void PaintSide(Stage stage, int side, float depth)
    {
        float end = MathF.Max(_profile[^1].X, _profile[0].X);
        Vector3[] outline = [.. _profile.Select(point => At(point, side))];
        Material door = _paint.Shaded(0.92f);
        using (SKPath shape = stage.View.Outline(outline))
        {
            stage.Canvas.Fill(SceneClass.Car, shape, stage.Look.Through(door, depth) with { Strength = 0 });
        }

        float belt = 0.98f;
        Vector2[] cabin = [.. _profile.Where(point => point.Y > 1.2f)];
        Vector2[] waist = [.. _profile.Where(point => point.Y is > 0.9f and < 1.2f)];
        if (cabin.Length >= 2)
        {
            float near = waist.Length > 0 ? MathF.Min(waist.Min(point => point.X), cabin[0].X) : cabin[0].X;
            float far = waist.Length > 0 ? MathF.Max(waist.Max(point => point.X), cabin[^1].X) : cabin[^1].X;
            SKColor tint = stage.Look.Detailed ? new SKColor(44, 48, 52).Mix(stage.Look.SkyHorizon, 0.15f) : new SKColor(70, 110, 140);
            stage.DecoratePlane(
                new Material(tint),
                [At(new(near + 0.22f, belt), side), At(new(far - 0.22f, belt), side),
                    At(new(cabin[^1].X - 0.1f, cabin[^1].Y - 0.1f), side), At(new(cabin[0].X + 0.1f, cabin[0].Y - 0.1f), side)],
                depth);
            float pillar = (cabin[0].X + cabin[^1].X) / 2;
            stage.DecoratePlane(
                door, [At(new(pillar - 0.05f, belt), side), At(new(pillar + 0.05f, belt), side), At(new(pillar + 0.05f, 1.4f), side), At(
                    new(pillar - 0.05f, 1.4f), side)], depth);
        }

        Wheel(stage, side, 0.82f, depth);
        Wheel(stage, side, end - 0.85f, depth);
    }

    private void Wheel(Stage stage, int side, float along, float depth)
    {
        foreach ((float radius, SKColor color) in ((float, SKColor)[])[(0.34f, new(26, 26, 28)), (0.18f, new(140, 142, 146))])
        {
            var rim = new Vector3[16];
            for (int i = 0; i < rim.Length; i++)
            {
                (float sin, float cos) = MathF.SinCos(i * MathF.Tau / rim.Length);
                rim[i] = At(new(along + (radius * cos), 0.34f + (radius * sin)), side);
            }

            using SKPath disc = stage.View.Outline(rim);
            stage.Canvas.Fill(SceneClass.Car, disc, new Material(stage.Look.Through(color, depth)));
        }
    }

    // Lights, number plate and the wheels' treads on the end that faces the camera.
    private void PaintNearEnd(Stage stage, float depth)
    {
        if (_z < 0.5f)
        {
            return;
        }

        foreach (int side in (int[])[-1, 1])
        {
            Vector3[] tread = Face(side * 0.52f, side * 0.82f, 0, 0.3f);
            using SKPath outline = stage.View.Outline(tread);
            stage.Canvas.Fill(SceneClass.Car, outline, new Material(stage.Look.Through(new SKColor(26, 26, 28), depth)));
            SKColor light = _oncoming ? new SKColor(244, 240, 214) : new SKColor(188, 24, 24);
            stage.DecoratePlane(new Material(light), Face(side * 0.5f, side * 0.83f, 0.64f, 0.78f), depth);
        }

        stage.DecoratePlane(new Material(_paint.Color.Times(0.45f)), Face(-0.85f, 0.85f, 0.29f, 0.4f), depth);
        stage.DecoratePlane(new Material(new SKColor(222, 222, 206)), Face(-0.24f, 0.24f, 0.46f, 0.58f), depth);
    }

    private Vector3[] Face(float left, float right, float bottom, float top) =>
        [new(_x + left, bottom, _z), new(_x + right, bottom, _z), new(_x + right, top, _z), new(_x + left, top, _z)];
}
