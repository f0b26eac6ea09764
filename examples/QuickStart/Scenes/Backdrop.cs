using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>What closes the view far down the street: a wood, and roofs above it.</summary>
internal sealed class Backdrop(float distance) : StreetObject
{
    public override int Layer => 0;

    public override float Distance => distance;

    public override void Paint(Stage stage)
    {
        Random random = stage.Random;
        for (float x = -200; x < 200; x += random.Between(14, 34))
        {
            float height = random.Between(8, 22);
            float width = random.Between(12, 26);
            Material wall = stage.Look.Facade(random);
            stage.FillPlane(
                SceneClass.Building, wall with { Strength = 0 },
                [new(x, 0, distance), new(x + width, 0, distance), new(x + width, height, distance), new(x, height, distance)]);
        }

        Material leaves = stage.Look.Through(stage.Look.Foliage(random), distance) with { Strength = 0 };
        using var wood = new SKPath();
        for (float x = -220; x < 220; x += 5)
        {
            var foot = new Vector3(x, random.Between(1, 4), distance - 10);
            float radius = random.Between(3, 6.5f) * stage.View.PixelsPerMetre(foot);
            SKPoint centre = stage.View.Project(foot);
            wood.AddCircle(centre.X, centre.Y, radius);
        }

        using SKPath ground = stage.View.Outline(
            new Vector3(-220, 0, distance - 10), new(220, 0, distance - 10), new(220, 3, distance - 10), new(-220, 3, distance - 10));
        wood.AddPath(ground);
        stage.Canvas.Fill(SceneClass.Vegetation, wood, leaves);
    }
}
