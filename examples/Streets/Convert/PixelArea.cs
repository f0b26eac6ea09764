using System.Globalization;

namespace Streets.Convert;

/// <summary>Single pixels, in a rectangle of the image.</summary>
/// <param name="Left">The rectangle's first column.</param>
/// <param name="Top">The rectangle's first row.</param>
/// <param name="Width">The rectangle's width.</param>
/// <param name="Height">The rectangle's height.</param>
/// <param name="Pixels">Row-major, whether each pixel of the rectangle belongs to the area.</param>
internal sealed record PixelArea(int Left, int Top, int Width, int Height, bool[] Pixels) : IArea
{
    /// <summary>An area from the lengths of runs outside and inside it in turn, the first outside.</summary>
    /// <param name="left">The rectangle's first column.</param>
    /// <param name="top">The rectangle's first row.</param>
    /// <param name="width">The rectangle's width.</param>
    /// <param name="height">The rectangle's height.</param>
    /// <param name="runs">The lengths.</param>
    /// <param name="goesDown">Whether runs go down the columns, as COCO's do, and not along the rows.</param>
    /// <exception cref="InvalidDataException">The runs are not as many pixels as the rectangle has.</exception>
    public static PixelArea FromRuns(int left, int top, int width, int height, IReadOnlyList<long> runs, bool goesDown)
    {
        long length = (long)width * height;
        if (width < 1 || height < 1 || length > Array.MaxLength || runs.Any(static run => run < 0) || runs.Sum() != length)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"the runs of a mask are {runs.Sum()} pixels, and its {width} x {height} are {length}"));
        }

        bool[] pixels = new bool[length];
        long place = 0;
        for (int i = 0; i < runs.Count; i++)
        {
            for (long end = place + runs[i]; place < end; place++)
            {
                if (i % 2 == 1)
                {
                    pixels[goesDown ? ((place % height) * width) + (place / height) : place] = true;
                }
            }
        }

        return new PixelArea(left, top, width, height, pixels);
    }

    public void Draw(MaskCanvas canvas, byte value)
    {
        if (Left < 0 || Top < 0 || Left + Width > canvas.Width || Top + Height > canvas.Height)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"a mask of {Width} x {Height} at ({Left}, {Top}) does not lie in the image of {canvas.Width} x {canvas.Height}"));
        }

        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = canvas.Row(Top + y).Slice(Left, Width);
            for (int x = 0; x < Width; x++)
            {
                if (Pixels[(y * Width) + x])
                {
                    row[x] = value;
                }
            }
        }
    }
}
