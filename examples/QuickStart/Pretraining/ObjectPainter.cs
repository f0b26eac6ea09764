using System.Numerics;
using QuickStart.Scenes;
using SkiaSharp;

namespace QuickStart.Pretraining;

/// <summary>Draws single things in the camera's look: an image classification set, without any pixel labels.</summary>
internal sealed class ObjectPainter(int size)
{
    /// <summary>Draws a picture of a kind.</summary>
    /// <returns>Interleaved RGB, <c>size x size x 3</c> bytes.</returns>
    public byte[] Draw(ObjectKind kind, int number)
    {
        var random = new Random((number * 6151) + ((int)kind * 100_003) + 5);
        CameraLook look = CameraLook.Create(random);
        Layout layout = Compose(kind, look.NextLayout(random), random, out Vector3 place);
        using var canvas = new SceneCanvas(size, size, look.Oversampling);
        var stage = new Stage(canvas, new Viewpoint(layout, size, size), layout, look, random);
        SkyPainter.Paint(stage);
        GroundPainter.Paint(stage);
        PaintSubject(kind, stage, place);
        using SKBitmap picture = look.Develop(canvas.Image, random);
        canvas.Image.Dispose();
        canvas.Labels.Dispose();
        return Rgb(picture);
    }

    private static Layout Compose(ObjectKind kind, Layout street, Random random, out Vector3 place)
    {
        place = default;
        street = street with { Crossing = null, Roll = random.Between(-0.05f, 0.05f), FocalLength = random.Between(0.9f, 1.3f) };
        switch (kind)
        {
            case ObjectKind.Asphalt:
                return street with
                {
                    RoadHalfWidth = 30,
                    CameraX = random.Between(1, 12),
                    Yaw = random.Between(-0.6f, 0.6f),
                    Pitch = random.Between(0.5f, 1.1f)
                };
            case ObjectKind.Paving:
                return street with
                {
                    RoadHalfWidth = 2,
                    SidewalkWidth = 40,
                    CameraX = random.Between(12, 25),
                    Yaw = random.Between(-0.6f, 0.6f),
                    Pitch = random.Between(0.5f, 1.1f)
                };
            case ObjectKind.Grass:
                return street with
                {
                    CameraX = random.Between(20, 40),
                    Yaw = random.Between(-0.6f, 0.6f),
                    Pitch = random.Between(0.5f, 1.1f)
                };
            case ObjectKind.Sky:
                return street with { Pitch = random.Between(-0.9f, -0.55f) };
            case ObjectKind.BrickWall or ObjectKind.PlasterWall or ObjectKind.ShopFront:
                return street with
                {
                    Yaw = random.Between(0.5f, 1.1f),
                    Pitch = kind == ObjectKind.ShopFront
                    ? 0
                    : random.Between(-0.3f, 0),
                    CameraX = 0,
                    CameraHeight = random.Between(1.2f, 3)
                };
            case ObjectKind.House:
                place = new Vector3(0, 0, random.Between(14, 22));
                return street with
                {
                    Yaw = random.Between(0.2f, 0.55f),
                    CameraX = 0,
                    CameraHeight = 2.5f,
                    Pitch = -0.1f,
                    BuildingHeight = (4.5f, 9),
                    PitchedRoofs = 0.8f,
                    Setback = 3
                };
            default:
                float height = kind switch
                {
                    ObjectKind.Car => 1.9f,
                    ObjectKind.Van => 2.4f,
                    ObjectKind.Person => 1.8f,
                    ObjectKind.Bush => 1.6f,
                    _ => 6.5f,
                };
                float share = kind is ObjectKind.Car or ObjectKind.Van ? random.Between(0.3f, 0.6f) : random.Between(0.5f, 0.95f);
                float distance = street.FocalLength * height / share;
                place = new Vector3(random.Between(-6, 6), 0, distance);
                float left = place.X + random.Between(-0.5f, 0.5f) * distance;
                float aim = MathF.Atan2(place.X - left, distance) + random.Between(-0.06f, 0.06f);
                return street with
                {
                    CameraX = left,
                    Yaw = aim,
                    CameraHeight = MathF.Max(1, height * random.Between(0.4f, 0.6f)),
                    Pitch = random.Between(-0.04f, 0.06f)
                };
        }
    }

    private static void PaintSubject(ObjectKind kind, Stage stage, Vector3 place)
    {
        Random random = stage.Random;
        if (place != default && kind != ObjectKind.House)
        {
            new Backdrop(place.Z + random.Between(45, 140)).Paint(stage);
        }

        switch (kind)
        {
            case ObjectKind.Car:
                new Car(stage, place.X, place.Z, random.Next(2) == 0, random.Next(2) == 0 ? Car.Saloon : Car.Estate).Paint(stage);
                break;
            case ObjectKind.Van:
                new Car(stage, place.X, place.Z, random.Next(2) == 0, Car.Van).Paint(stage);
                break;
            case ObjectKind.Person:
                new Person(stage, place.X, place.Z).Paint(stage);
                break;
            case ObjectKind.BroadleafTree or ObjectKind.Conifer:
                new Tree(stage, place.X, place.Z, random.Between(5, 6.5f), 1, kind == ObjectKind.Conifer).Paint(stage);
                break;
            case ObjectKind.Bush:
                new Tree(stage, place.X, place.Z, random.Between(1, 1.7f), 1, conifer: false).Paint(stage);
                break;
            case ObjectKind.Lamp:
                new Lamp(stage, place.X, random.Next(2) == 0 ? -1 : 1, place.Z).Paint(stage);
                break;
            case ObjectKind.House:
                new Building(stage, 1, place.Z, place.Z + random.Between(8, 14)).Paint(stage);
                break;
            case ObjectKind.BrickWall or ObjectKind.PlasterWall or ObjectKind.ShopFront:
                new Building(stage, 1, -10, 60, kind == ObjectKind.ShopFront, kind == ObjectKind.BrickWall
                    ? Textures.Brick
                    : Textures.Plaster).Paint(stage);
                break;
            default:
                // The ground or the sky is the subject.
                break;
        }
    }

    private static byte[] Rgb(SKBitmap picture)
    {
        ReadOnlySpan<byte> pixels = picture.GetPixelSpan();
        byte[] rgb = new byte[3 * picture.Width * picture.Height];
        for (int i = 0; i < picture.Width * picture.Height; i++)
        {
            pixels.Slice(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        }

        return rgb;
    }
}
