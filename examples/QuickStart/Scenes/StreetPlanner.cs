namespace QuickStart.Scenes;

/// <summary>Places the objects of a street along its layout.</summary>
internal static class StreetPlanner
{
    private const float EndOfStreet = 170;

    public static List<StreetObject> Plan(Stage stage)
    {
        List<StreetObject> objects = [new Backdrop(EndOfStreet + 30)];
        foreach (int side in (int[])[-1, 1])
        {
            LineWithBuildings(stage, side, objects);
            LineWithTrees(stage, side, objects);
            LineWithLamps(stage, side, objects);
            Park(stage, side, objects);
        }

        Drive(stage, objects);
        Walk(stage, objects);
        return objects;
    }

    private static void LineWithBuildings(Stage stage, int side, List<StreetObject> objects)
    {
        Random random = stage.Random;
        Layout layout = stage.Layout;
        float z = random.Between(-14, -6);
        while (z < EndOfStreet)
        {
            float length = random.Between(8, 20);
            if (layout.Crossing is float crossing && z < crossing + 10 && z + length > crossing - 3)
            {
                // The plot ends at the crossing street, or begins behind it.
                if (crossing - 3 - z >= 5)
                {
                    length = crossing - 3 - z;
                }
                else
                {
                    z = crossing + 10;
                }
            }

            if (random.NextSingle() >= layout.OpenPlots)
            {
                objects.Add(new Building(stage, side, z, z + length));
            }
            else
            {
                for (int i = random.Next(1, 4); i > 0; i--)
                {
                    float x = side * (layout.BuildingLine + random.Between(2, 9));
                    objects.Add(new Tree(stage, x, z + random.Between(0, length), random.Between(4, 8), layer: 0));
                }
            }

            z += length + (random.NextSingle() < 0.35f ? random.Between(1.5f, 5) : 0);
        }
    }

    private static void LineWithTrees(Stage stage, int side, List<StreetObject> objects)
    {
        Random random = stage.Random;
        Layout layout = stage.Layout;
        float x = layout.Setback > 1 ? layout.RoadHalfWidth + layout.SidewalkWidth + 1 : layout.RoadHalfWidth + 0.8f;
        for (float z = random.Between(4, 14); z < 130; z += layout.TreeSpacing * random.Between(0.6f, 1.4f))
        {
            if (layout.Crossing is float crossing && z > crossing - 3 && z < crossing + 10)
            {
                continue;
            }

            bool bush = layout.Setback > 1 && random.NextSingle() < 0.4f;
            objects.Add(new Tree(
                stage, side * (x + random.Between(0, 0.6f)), z, bush ? random.Between(0.9f, 1.6f) : random.Between(4, 7.5f), layer: 1));
        }
    }

    private static void LineWithLamps(Stage stage, int side, List<StreetObject> objects)
    {
        for (float z = stage.Random.Between(5, 18); z < 110; z += stage.Layout.LampSpacing)
        {
            objects.Add(new Lamp(stage, side * (stage.Layout.RoadHalfWidth + 0.35f), side, z));
        }
    }

    private static void Park(Stage stage, int side, List<StreetObject> objects)
    {
        Random random = stage.Random;
        Layout layout = stage.Layout;
        float x = side * (layout.RoadHalfWidth - 1.1f);
        for (float z = random.Between(3, 16); z < 110; z += 5.2f + (random.NextSingle() * 2 * (layout.ParkedCarSpacing - 5.2f)))
        {
            bool crossing = layout.Crossing is float start && z > start - 9 && z < start + 9;
            bool tooClose = z < 7 && Math.Abs(x - layout.CameraX) < 1.6f;
            if (!crossing && !tooClose)
            {
                objects.Add(new Car(stage, x, z, oncoming: side < 0));
            }
        }
    }

    private static void Drive(Stage stage, List<StreetObject> objects)
    {
        Random random = stage.Random;
        float z = random.Between(10, 16);
        for (int i = 0; i < stage.Layout.DrivingCars; i++)
        {
            bool oncoming = random.Next(2) == 0;
            float lane = stage.Layout.RoadHalfWidth > 4.4f ? 1.5f : 0.95f;
            objects.Add(new Car(stage, oncoming ? -lane : lane, z, oncoming));
            z += random.Between(8, 22);
        }
    }

    private static void Walk(Stage stage, List<StreetObject> objects)
    {
        Random random = stage.Random;
        Layout layout = stage.Layout;
        for (int i = 0; i < layout.Persons; i++)
        {
            // More of them near than far, where they would be a pixel wide.
            float nearness = random.NextSingle();
            float z = 4.5f + (20 * nearness * nearness);
            float side = random.Next(2) == 0 ? -1 : 1;
            bool onRoad = random.NextSingle() < 0.2f;
            float x = onRoad
                ? random.Between(-0.8f, 0.8f) * layout.RoadHalfWidth
                : side * (layout.RoadHalfWidth + random.Between(0.5f, layout.SidewalkWidth - 0.4f));
            objects.Add(new Person(stage, x, z));
            if (random.NextSingle() < 0.35f)
            {
                objects.Add(new Person(stage, x + random.Between(0.5f, 0.8f), z + random.Between(-0.3f, 0.3f)));
            }
        }
    }
}
