using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>A house along the street: a wall along it, an end wall, a flat or a pitched roof, windows and a ground floor.</summary>
internal sealed class Building : StreetObject
{
    private readonly float _near;
    private readonly float _far;
    private readonly float _line;
    private readonly float _back;
    private readonly float _height;
    private readonly float _ridge;
    private readonly float _floorHeight;
    private readonly bool _shop;
    private readonly Material _wall;
    private readonly Material _roof;

    public Building(Stage stage, int side, float near, float far, bool? shop = null, SKBitmap? surface = null)
    {
        Random random = stage.Random;
        Layout layout = stage.Layout;
        _near = near;
        _far = far;
        _line = side * (layout.BuildingLine + (stage.Look.Detailed ? random.Between(0, 0.5f) : 0));
        _back = _line + (side * random.Between(9, 13));
        _floorHeight = random.Between(2.8f, 3.5f);
        float height = random.Between(layout.BuildingHeight.Low, layout.BuildingHeight.High);
        _height = MathF.Max(1, MathF.Round(height / _floorHeight)) * _floorHeight;
        _ridge = random.NextSingle() < layout.PitchedRoofs ? random.Between(2, 3.6f) : 0;
        _shop = shop ?? (layout.Setback < 1 && random.NextSingle() < 0.5f);
        Material wall = stage.Look.Facade(random);
        _wall = surface is null ? wall : wall with { Texture = surface };
        _roof = stage.Look.Roof(random);
    }

    public override int Layer => 0;

    public override float Distance => _far;

    public override IReadOnlyList<Vector3> ShadowCasters =>
    [
        new(_line, 0, _near), new(_line, 0, _far), new(_back, 0, _near), new(_back, 0, _far), new(_line, _height, _near),
        new(_line, _height, _far), new(_back, _height, _near), new(_back, _height, _far),
    ];

    public override void Paint(Stage stage)
    {
        float middle = (_line + _back) / 2;
        if (_ridge > 0)
        {
            stage.FillPlane(
                SceneClass.Building, _roof,
                [new(_line, _height, _near), new(_line, _height, _far), new(middle, _height + _ridge, _far), new(
                    middle, _height + _ridge, _near)]);
        }

        if (_near > 1)
        {
            Material end = _wall.Shaded(stage.Look.EndWallShade);
            Vector3[] outline = _ridge > 0
                ? [new(_line, 0, _near), new(_back, 0, _near), new(_back, _height, _near), new(middle, _height + _ridge, _near), new(
                    _line, _height, _near)]
                : [new(_line, 0, _near), new(_back, 0, _near), new(_back, _height, _near), new(_line, _height, _near)];
            stage.FillPlane(SceneClass.Building, end, outline, _near);
            PaintEndWindows(stage);
        }

        PaintStreetWall(stage);
    }

    // The wall is painted in sections, each with the air in front of it.
    private void PaintStreetWall(Stage stage)
    {
        float start = MathF.Max(_near, -2);
        if (_far <= start)
        {
            return;
        }

        Vector3 low = new(_line, 0, start);
        float depth = MathF.Max(2, (start + _far) / 2);
        stage.FillPlane(
            SceneClass.Building, _wall, [low, low with { Z = _far }, new(_line, _height, _far), new(_line, _height, start)], depth);
        Band(stage, _height - 0.35f, _height, start, _wall.Color.Times(0.8f), depth);
        int columns = Math.Max(2, (int)((_far - _near) / 2.6f));
        float step = (_far - _near) / columns;
        int floors = (int)MathF.Round(_height / _floorHeight);
        for (int floor = 0; floor < floors; floor++)
        {
            float bottom = floor * _floorHeight;
            if (floor == 0 && _shop)
            {
                PaintShop(stage, start, depth);
                continue;
            }

            for (int column = 0; column < columns; column++)
            {
                float z = _near + ((column + 0.5f) * step);
                if (z < -1)
                {
                    continue;
                }

                bool door = floor == 0 && column == columns / 2;
                float sill = door ? bottom : bottom + 0.9f;
                PaintOpening(stage, z - 0.6f, z + 0.6f, sill, bottom + _floorHeight - 0.5f, door, depth);
            }
        }
    }

    private void PaintOpening(Stage stage, float near, float far, float bottom, float top, bool door, float depth)
    {
        if (stage.Look.Detailed)
        {
            stage.DecoratePlane(
                new Material(_wall.Color.Times(1.25f)), Upright(near - 0.14f, far + 0.14f, bottom - 0.14f, top + 0.14f), depth);
        }

        SKColor color = door ? _roof.Color.Times(0.7f) : stage.Look.Window(stage.Random);
        stage.DecoratePlane(new Material(color), Upright(near, far, bottom, top), depth);
        if (stage.Look.Detailed && !door)
        {
            // The sky mirrors in the upper half of the pane.
            SKColor mirrored = color.Mix(stage.Look.SkyHorizon, stage.Random.Between(0.1f, 0.6f));
            stage.DecoratePlane(
                new Material(mirrored), Upright(near, far, bottom + ((top - bottom) * stage.Random.Between(0.3f, 0.7f)), top), depth);
        }
    }

    private void PaintShop(Stage stage, float start, float depth)
    {
        float top = _floorHeight - 0.7f;
        stage.DecoratePlane(new Material(stage.Look.Window(stage.Random)), Upright(start + 0.5f, _far - 0.5f, 0.5f, top), depth);
        SKColor sign = stage.Look.Detailed ? stage.Look.Clothing(stage.Random) : stage.Look.CarPaint(stage.Random).Color;
        Band(stage, top, top + 0.6f, start, sign, depth);
        for (float z = MathF.Max(start, 0) + 3; z < _far - 1; z += 3)
        {
            stage.DecoratePlane(_wall, Upright(z - 0.2f, z + 0.2f, 0, top), depth);
        }
    }

    private void PaintEndWindows(Stage stage)
    {
        int floors = (int)MathF.Round(_height / _floorHeight);
        int columns = 3;
        float step = (_back - _line) / columns;
        for (int floor = 0; floor < floors; floor++)
        {
            for (int column = 0; column < columns; column++)
            {
                float x = _line + ((column + 0.5f) * step);
                float bottom = (floor * _floorHeight) + 0.9f;
                float top = ((floor + 1) * _floorHeight) - 0.6f;
                stage.DecoratePlane(
                    new Material(stage.Look.Window(stage.Random).Times(stage.Look.EndWallShade)),
                    [new(x - 0.55f, bottom, _near), new(x + 0.55f, bottom, _near), new(x + 0.55f, top, _near), new(x - 0.55f, top, _near)],
                    _near);
            }
        }
    }

    private void Band(Stage stage, float bottom, float top, float start, SKColor color, float depth) =>
        stage.DecoratePlane(new Material(color), Upright(start, _far, bottom, top), depth);

    private Vector3[] Upright(float near, float far, float bottom, float top) =>
        [new(_line, bottom, near), new(_line, bottom, far), new(_line, top, far), new(_line, top, near)];
}
