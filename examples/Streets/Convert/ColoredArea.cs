namespace Streets.Convert;

/// <summary>The pixels of a file in which colours stand for labels that have one of them.</summary>
/// <param name="File">Reads the file once for all its labels.</param>
/// <param name="Color">The colour, 0xRRGGBB.</param>
internal sealed record ColoredArea(ColoredMask File, int Color) : IArea
{
    public void Draw(MaskCanvas canvas, byte value) => File.Draw(canvas, Color, value);
}
