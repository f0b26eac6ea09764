using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>A clean rendering: flat, saturated colours, sharp edges, a high sun, one kind of street.</summary>
internal sealed class SimulatorLook : Look
{
    private static readonly SKColor[] Walls =
        [new(232, 170, 92), new(214, 106, 84), new(238, 214, 138), new(120, 168, 206), new(226, 226, 216), new(176, 132, 176)];

    private static readonly SKColor[] Paints =
        [new(222, 40, 40), new(32, 96, 214), new(248, 200, 32), new(245, 245, 245), new(36, 160, 84), new(40, 44, 56)];

    private static readonly SKColor[] Clothes =
        [new(236, 64, 56), new(48, 80, 200), new(250, 176, 40), new(60, 60, 72), new(40, 150, 110), new(240, 240, 240)];

    public override int Oversampling => 1;

    public override bool Detailed => false;

    public static SimulatorLook Create(Random random)
    {
        bool noon = random.NextSingle() < 0.6f;
        return new SimulatorLook
        {
            SkyTop = noon ? new SKColor(52, 132, 226) : new SKColor(84, 160, 232),
            SkyHorizon = noon ? new SKColor(150, 204, 250) : new SKColor(190, 222, 250),
            Cloudiness = random.Between(0.1f, 0.5f),
            Haze = new SKColor(170, 208, 244),
            Visibility = 600,
            Shadow = new Vector2(0.35f, 0.25f),
            ShadowStrength = 0.25f,
            Road = new Material(new SKColor(78, 80, 88)),
            Sidewalk = new Material(noon ? new SKColor(190, 190, 196) : new SKColor(204, 196, 184)),
            Curb = new Material(new SKColor(226, 226, 226)),
            Lawn = new Material(new SKColor(96, 184, 64)),
            LaneMark = SKColors.White,
            EndWallShade = 0.8f,
        };
    }

    public override Material Facade(Random random) => new(random.Pick(Walls));

    public override Material Roof(Random random) => new(random.Pick<SKColor>([new(176, 62, 48), new(110, 112, 124)]));

    public override SKColor Window(Random random) => new(96, 140, 176);

    public override Material Foliage(Random random) => new(random.Pick<SKColor>([new(52, 152, 52), new(80, 172, 56), new(36, 132, 60)]));

    public override Material CarPaint(Random random) => new(random.Pick(Paints));

    public override SKColor Clothing(Random random) => random.Pick(Clothes);

    public override SKColor Skin(Random random) => random.Pick<SKColor>([new(244, 204, 172), new(150, 100, 68)]);

    public override Layout NextLayout(Random random) => new()
    {
        RoadHalfWidth = random.Between(3.6f, 4.6f),
        SidewalkWidth = random.Between(2.6f, 3.4f),
        Setback = 0,
        OpenPlots = 0.25f,
        BuildingHeight = (6, 16),
        PitchedRoofs = 0.35f,
        TreeSpacing = random.Between(11, 20),
        ParkedCarSpacing = random.Between(11, 22),
        DrivingCars = random.Next(0, 3),
        Persons = random.Next(3, 8),
        LampSpacing = 22,
        CameraX = random.Between(0.4f, 2.0f),
        CameraHeight = random.Between(1.5f, 1.8f),
        Yaw = random.Between(-0.04f, 0.04f),
        Pitch = random.Between(-0.01f, 0.03f),
        FocalLength = 0.8f,
    };

    public override SKBitmap Develop(SKBitmap drawing, Random random) => drawing.Copy();
}
