using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>How the things of one scene look: the two domains differ in this and in their layouts.</summary>
internal abstract class Look
{
    /// <summary>How many pixels of the drawing become one of the picture, in each direction.</summary>
    public abstract int Oversampling { get; }

    /// <summary>Whether outlines are irregular and surfaces carry detail, as things outside have it.</summary>
    public abstract bool Detailed { get; }

    public required SKColor SkyTop { get; init; }

    public required SKColor SkyHorizon { get; init; }

    /// <summary>The share of the sky that clouds hide, 0 to 1.</summary>
    public required float Cloudiness { get; init; }

    /// <summary>The colour that far things take on.</summary>
    public required SKColor Haze { get; init; }

    /// <summary>The distance in metres at which 63% of a thing's colour is the haze's.</summary>
    public required float Visibility { get; init; }

    /// <summary>Where a shadow falls on the ground for each metre of height; null under an overcast sky.</summary>
    public required Vector2? Shadow { get; init; }

    public required float ShadowStrength { get; init; }

    public required Material Road { get; init; }

    public required Material Sidewalk { get; init; }

    public required Material Curb { get; init; }

    public required Material Lawn { get; init; }

    public required SKColor LaneMark { get; init; }

    /// <summary>How bright an end wall is beside the wall along the street.</summary>
    public required float EndWallShade { get; init; }

    public abstract Material Facade(Random random);

    public abstract Material Roof(Random random);

    public abstract SKColor Window(Random random);

    public abstract Material Foliage(Random random);

    public abstract Material CarPaint(Random random);

    public abstract SKColor Clothing(Random random);

    public abstract SKColor Skin(Random random);

    public abstract Layout NextLayout(Random random);

    /// <summary>Turns the drawing into the picture.</summary>
    public abstract SKBitmap Develop(SKBitmap drawing, Random random);

    /// <summary>A material as it looks through the air in between.</summary>
    public Material Through(Material material, float depth)
    {
        float clear = MathF.Exp(-Math.Max(depth, 0) / Visibility);
        return material with { Color = Through(material.Color, depth), Strength = material.Strength * clear };
    }

    public SKColor Through(SKColor color, float depth) =>
        color.Mix(Haze, 1 - MathF.Exp(-Math.Max(depth, 0) / Visibility));
}
