using System.Globalization;

namespace Road.MLNet;

/// <summary>A colour of 8 bits a channel: of a class in a predicted mask, or of a pixel in a colour-coded label mask.</summary>
/// <param name="Red">Red, 0 to 255.</param>
/// <param name="Green">Green, 0 to 255.</param>
/// <param name="Blue">Blue, 0 to 255.</param>
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    /// <summary>Writes the colour as <c>(red, green, blue)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Red}, {Green}, {Blue})");
}
