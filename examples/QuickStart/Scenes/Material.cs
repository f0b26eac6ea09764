using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>The look of a surface.</summary>
/// <param name="Color">The base colour.</param>
/// <param name="Texture">A grey tile laid over the colour, where mid grey changes nothing; null for a flat colour.</param>
/// <param name="Strength">How much of the texture shows, 0 to 1.</param>
/// <param name="TileSize">The size of a tile in metres.</param>
internal readonly record struct Material(SKColor Color, SKBitmap? Texture = null, float Strength = 0, float TileSize = 4)
{
    public Material Shaded(float factor) => this with { Color = Color.Times(factor) };
}
