using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>A pedestrian: head, hair, coat, legs in mid-stride, and now and then a bag.</summary>
internal sealed class Person : StreetObject
{
    private readonly Vector3 _foot;
    private readonly float _height;
    private readonly float _stride;
    private readonly float _swing;
    private readonly bool _longCoat;
    private readonly bool _bag;
    private readonly SKColor _coat;
    private readonly SKColor _trousers;
    private readonly SKColor _skin;
    private readonly SKColor _hair;

    public Person(Stage stage, float x, float z)
    {
        Random random = stage.Random;
        Look look = stage.Look;
        _foot = new Vector3(x, 0, z);
        _height = look.Detailed ? random.Between(1.5f, 1.95f) : random.Between(1.65f, 1.8f);
        _stride = look.Detailed ? random.Between(0.05f, 0.2f) : 0.09f;
        _swing = look.Detailed ? random.Between(-0.14f, 0.14f) : 0;
        _longCoat = look.Detailed && random.NextSingle() < 0.35f;
        _bag = look.Detailed && random.NextSingle() < 0.3f;
        _coat = look.Clothing(random);
        _trousers = look.Clothing(random).Times(0.7f);
        _skin = look.Skin(random);
        _hair = new SKColor(54, 42, 34).Jitter(random, 20);
    }

    public override int Layer => 1;

    public override float Distance => _foot.Z;

    public override IReadOnlyList<Vector3> ShadowCasters =>
        [_foot + new Vector3(-0.2f, 0, 0), _foot + new Vector3(0.2f, 0, 0), _foot + new Vector3(-0.2f, _height, 0), _foot + new Vector3(
            0.2f, _height, 0)];

    public override void Paint(Stage stage)
    {
        float scale = stage.View.PixelsPerMetre(_foot) * _height;
        if (scale == 0)
        {
            return;
        }

        float depth = stage.View.Depth(_foot);
        SKPoint foot = stage.View.Project(_foot);
        SKPoint At(float x, float y) => new(foot.X + (x * scale), foot.Y - (y * scale));

        Limb(stage, At(-0.03f, 0.5f), At(-_stride, 0.01f), 0.085f * scale, Seen(_trousers));
        Limb(stage, At(0.03f, 0.5f), At(_stride, 0.01f), 0.085f * scale, Seen(_trousers.Times(0.85f)));
        Limb(stage, At(-0.12f, 0.78f), At(-0.14f - _swing, 0.46f), 0.065f * scale, Seen(_coat.Times(0.85f)));
        Limb(stage, At(0.12f, 0.78f), At(0.14f - _swing, 0.46f), 0.065f * scale, Seen(_coat.Times(0.85f)));
        if (_bag)
        {
            using var bag = new SKPath();
            bag.AddRoundRect(SKRect.Create(foot.X + (0.12f * scale), foot.Y - (0.55f * scale), 0.13f * scale, 0.16f * scale), 1, 1);
            stage.Canvas.Fill(SceneClass.Person, bag, new Material(Seen(_hair)));
        }

        using var body = new SKPath();
        float hem = _longCoat ? 0.3f : 0.46f;
        body.AddPoly([At(-0.13f, 0.82f), At(0.13f, 0.82f), At(_longCoat ? 0.15f : 0.1f, hem), At(_longCoat ? -0.15f : -0.1f, hem)]);
        stage.Canvas.Fill(SceneClass.Person, body, new Material(Seen(_coat)));
        using var head = new SKPath();
        SKPoint face = At(0, 0.915f);
        head.AddOval(SKRect.Create(face.X - (0.062f * scale), face.Y - (0.085f * scale), 0.124f * scale, 0.17f * scale));
        stage.Canvas.Fill(SceneClass.Person, head, new Material(Seen(_skin)));
        stage.Canvas.DecorateWithin(head, canvas =>
        {
            using var hair = new SKPaint { Color = Seen(_hair), IsAntialias = true };
            canvas.DrawRect(SKRect.Create(face.X - scale, face.Y - scale, 2 * scale, scale - (0.02f * scale)), hair);
        });

        SKColor Seen(SKColor color) => stage.Look.Through(color, depth);
    }

    private static void Limb(Stage stage, SKPoint from, SKPoint to, float width, SKColor color)
    {
        using var line = new SKPath();
        line.MoveTo(from);
        line.LineTo(to);
        using var stroke = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = width, StrokeCap = SKStrokeCap.Round };
        using SKPath limb = stroke.GetFillPath(line);
        stage.Canvas.Fill(SceneClass.Person, limb, new Material(color));
    }
}
