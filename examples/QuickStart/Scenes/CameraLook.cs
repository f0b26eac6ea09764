using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>
/// What a dash camera brings home: weathered surfaces, muted colours, weather, low sun and long shadows, haze, other
/// streets and viewpoints, and a small sensor behind a cheap lens.
/// </summary>
internal sealed class CameraLook : Look
{
    private static readonly SKColor[] Walls =
    [
        new(150, 92, 74), new(168, 118, 92), new(186, 172, 150), new(160, 152, 140), new(120, 112, 106), new(198, 188, 168),
        new(132, 84, 66), new(140, 140, 138), new(206, 200, 190),
    ];

    private static readonly SKColor[] Paints =
    [
        new(168, 172, 176), new(46, 48, 52), new(206, 206, 204), new(34, 46, 72), new(112, 30, 30), new(94, 100, 104),
        new(62, 74, 66), new(140, 134, 118),
    ];

    private static readonly SKColor[] Clothes =

        [
            new(40, 42, 50), new(86, 74, 60), new(58, 70, 92), new(120, 40, 44), new(130, 128, 122), new(160, 140, 104),
            new(70, 88, 70), new(190, 186, 180),
        ];

    private readonly CameraSensor _sensor;

    private CameraLook(CameraSensor sensor) => _sensor = sensor;

    public override int Oversampling => 2;

    public override bool Detailed => true;

    public static CameraLook Create(Random random)
    {
        Weather weather = random.Pick(Enum.GetValues<Weather>());
        (SKColor top, SKColor horizon, float clouds) = weather switch
        {
            Weather.Clear => (new SKColor(122, 156, 196), new SKColor(196, 208, 214), random.Between(0, 0.35f)),
            Weather.Overcast => (new SKColor(168, 172, 176), new SKColor(212, 212, 208), random.Between(0.5f, 1)),
            Weather.Hazy => (new SKColor(190, 194, 190), new SKColor(216, 212, 200), random.Between(0.1f, 0.4f)),
            _ => (new SKColor(140, 152, 174), new SKColor(236, 204, 164), random.Between(0.2f, 0.6f)),
        };
        bool sun = weather is Weather.Clear or Weather.Evening;
        float length = weather == Weather.Evening ? random.Between(1.2f, 2) : random.Between(0.5f, 1.1f);
        float side = random.Next(2) == 0 ? -1 : 1;
        float wet = weather == Weather.Overcast ? random.Between(0.7f, 1) : 1;
        return new CameraLook(CameraSensor.Create(weather, random))
        {
            SkyTop = top.Jitter(random, 12),
            SkyHorizon = horizon.Jitter(random, 10),
            Cloudiness = clouds,
            Haze = horizon.Mix(new SKColor(180, 184, 186), 0.4f),
            Visibility = weather == Weather.Hazy ? random.Between(50, 90) : random.Between(130, 260),
            Shadow = sun ? new Vector2(side * length, random.Between(-0.5f, 0.9f)) : null,
            ShadowStrength = random.Between(0.35f, 0.55f),
            Road = new Material(new SKColor(128, 125, 120).Jitter(random, 18).Times(wet), Textures.Asphalt, random.Between(0.35f, 0.7f), 5),
            Sidewalk = new Material(
                new SKColor(152, 144, 133).Jitter(random, 16).Times(wet), Textures.Paving, random.Between(0.4f, 0.8f), 2.4f),
            Curb = new Material(new SKColor(158, 154, 146).Times(wet), Textures.Asphalt, 0.4f, 2),
            Lawn = new Material(new SKColor(104, 108, 66).Jitter(random, 14), Textures.Grass, 0.8f, 3),
            LaneMark = new SKColor(206, 204, 192),
            EndWallShade = random.Between(0.6f, 1.1f),
        };
    }

    public override Material Facade(Random random) => new(
        random.Pick(Walls).Jitter(random, 14),
        random.NextSingle() < 0.5f ? Textures.Brick : Textures.Plaster,
        random.Between(0.25f, 0.55f),
        random.Between(2, 3.6f));

    public override Material Roof(Random random) =>
        new(random.Pick<SKColor>([new(104, 72, 60), new(84, 84, 88), new(120, 100, 84)]).Jitter(random, 10), Textures.Brick, 0.5f, 4);

    public override SKColor Window(Random random) =>
        random.Pick<SKColor>(
            [new(58, 64, 70), new(78, 84, 86), new(44, 46, 50), new(150, 156, 158), new(176, 156, 110)]).Jitter(random, 10);

    public override Material Foliage(Random random) =>
        new(random.Pick<SKColor>([new(76, 90, 48), new(92, 98, 54), new(60, 76, 46), new(122, 104, 52)]).Jitter(
            random, 12), Textures.Leaves, 0.8f, 34);

    public override Material CarPaint(Random random) => new(random.Pick(Paints).Jitter(random, 12), Textures.Metal, 0.3f, 40);

    public override SKColor Clothing(Random random) => random.Pick(Clothes).Jitter(random, 12);

    public override SKColor Skin(Random random) =>
        random.Pick<SKColor>([new(208, 166, 140), new(176, 128, 98), new(112, 78, 58)]).Jitter(random, 8);

    public override Layout NextLayout(Random random)
    {
        bool suburb = random.NextSingle() < 0.4f;
        float roadHalfWidth = random.Between(3.0f, 5.6f);
        return new Layout
        {
            RoadHalfWidth = roadHalfWidth,
            SidewalkWidth = random.Between(1.6f, 4.2f),
            Setback = suburb ? random.Between(2.5f, 6) : 0,
            OpenPlots = suburb ? 0.4f : 0.08f,
            BuildingHeight = suburb ? (4.5f, 8) : (9, 24),
            PitchedRoofs = suburb ? 0.9f : 0.3f,
            TreeSpacing = suburb ? random.Between(6, 13) : random.Between(12, 40),
            ParkedCarSpacing = random.Between(5.6f, 18),
            DrivingCars = random.Next(0, 4),
            Persons = random.Next(2, 9),
            LampSpacing = random.Between(18, 34),
            Crossing = random.NextSingle() < 0.3f ? random.Between(22, 45) : null,
            CameraX = random.Between(-0.35f, 0.7f) * roadHalfWidth,
            CameraHeight = random.Between(1.1f, 2.6f),
            Yaw = random.Between(-0.24f, 0.24f),
            Pitch = random.Between(-0.05f, 0.12f),
            Roll = random.Between(-0.035f, 0.035f),
            FocalLength = random.Between(0.65f, 1.1f),
        };
    }

    public override SKBitmap Develop(SKBitmap drawing, Random random) => _sensor.Expose(drawing, random);
}
