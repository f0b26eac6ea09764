using SkiaSharp;

namespace Road.MLNet.Data;

/// <summary>Text of one size in a picture, in whatever font the system has for it.</summary>
internal sealed class DrawingText : IDisposable
{
    private const string Ellipsis = "…";

    // Without serifs, as far as there is such a font; they are those that come with Windows, macOS and Linux.
    private static readonly string[] Families = ["Segoe UI", "Helvetica Neue", "DejaVu Sans", "Liberation Sans", "Noto Sans", "Arial"];
    private static readonly SKColor Ink = new(27, 37, 48);

    private readonly SKPaint _paint;
    private readonly SKTypeface _typeface;

    /// <param name="size">The size of letters in pixels.</param>
    /// <exception cref="InvalidOperationException">The system has no font.</exception>
    public DrawingText(float size)
    {
        _typeface = Families.Select(SKFontManager.Default.MatchFamily).FirstOrDefault(static face => face is { GlyphCount: > 0 })
            ?? SKTypeface.Default;
        if (_typeface is not { GlyphCount: > 0 })
        {
            throw new InvalidOperationException("Names and captions cannot be drawn: the system has no font. Install one, such as DejaVu.");
        }

        Size = size;
        _paint = new SKPaint { TextSize = size, IsAntialias = true, Color = Ink, Typeface = _typeface };
    }

    /// <summary>The size of letters in pixels.</summary>
    public float Size { get; }

    /// <summary>The height of a line in pixels.</summary>
    public int LineHeight => (int)MathF.Ceiling(1.5f * Size);

    /// <summary>The width of a text in pixels.</summary>
    public float Measure(string text)
    {
        Choose(text);
        return _paint.MeasureText(text);
    }

    /// <summary>A text that is no wider than a place, cut at its end where it has to be.</summary>
    public string Fit(string text, float width)
    {
        string fitting = text;
        for (int length = text.Length; length > 0 && Measure(fitting) > width; length--)
        {
            fitting = text[..(length - 1)].TrimEnd() + Ellipsis;
        }

        return fitting;
    }

    /// <summary>Draws a text that starts at the left of a line.</summary>
    public void Draw(SKCanvas canvas, string text, float left, float top)
    {
        Choose(text);
        canvas.DrawText(text, left, top + (0.5f * (LineHeight + (0.7f * Size))), _paint);
    }

    public void Dispose() => _paint.Dispose();

    // Names may be in a script that the font does not have.
    private void Choose(string text)
    {
        _paint.Typeface = _typeface;
        foreach (System.Text.Rune letter in text.EnumerateRunes())
        {
            if (!_typeface.ContainsGlyph(letter.Value) && SKFontManager.Default.MatchCharacter(letter.Value) is { } other)
            {
                _paint.Typeface = other;
                return;
            }
        }
    }
}
