using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>Pictures made of names, colours and other pictures.</summary>
internal static class DrawingLayout
{
    // Letters that can be read, and are neither lost in a large picture nor larger than a small one.
    private const float SmallestText = 12;
    private const float LargestText = 48;
    private const float WidthsInText = 36;

    /// <summary>Names beside their colours, line by line.</summary>
    public static MLImage Legend(IReadOnlyList<string> names, IReadOnlyList<RgbColor> colors, int width)
    {
        using DrawingText text = new(TextSize(width));
        int square = (int)text.Size;
        int space = square / 2;
        int room = width - (3 * space) - square;
        List<(string Name, int Left, int Line)> places = [];
        int left = space;
        int line = 0;
        foreach (string name in names)
        {
            string fitting = text.Fit(name, room);
            int length = square + space + (int)MathF.Ceiling(text.Measure(fitting));
            if (left > space && left + length > width - space)
            {
                left = space;
                line++;
            }

            places.Add((fitting, left, line));
            left += length + (2 * space);
        }

        using DrawingCanvas canvas = new(width, ((line + 1) * text.LineHeight) + space);
        foreach ((int index, (string name, int start, int place)) in places.Index())
        {
            int top = (space / 2) + (place * text.LineHeight);
            canvas.Fill(colors[index], start, top + ((text.LineHeight - square) / 2), square);
            canvas.Write(text, name, start + square + space, top);
        }

        return canvas.ToImage();
    }

    /// <summary>Pictures of one size in rows.</summary>
    public static MLImage Grid(IReadOnlyList<MLImage> images, IReadOnlyList<string>? captions, int columns, int gap)
    {
        (int width, int height) = (images[0].Width, images[0].Height);
        using DrawingText? text = captions is null ? null : new(TextSize(width));
        long rows = (images.Count + columns - 1) / columns;
        int below = text?.LineHeight ?? 0;
        using DrawingCanvas canvas = new((columns * ((long)width + gap)) - gap, (rows * ((long)height + below + gap)) - gap);
        for (int i = 0; i < images.Count; i++)
        {
            int left = i % columns * (width + gap);
            int top = i / columns * (height + below + gap);
            canvas.Draw(images[i], left, top, width, height, blends: false);
            if (text is not null)
            {
                canvas.Write(text, text.Fit(captions![i], width), left, top + height);
            }
        }

        return canvas.ToImage();
    }

    /// <summary>A picture, and another one below it that is as wide or wider.</summary>
    public static MLImage Below(MLImage image, MLImage lower)
    {
        using DrawingCanvas canvas = new(lower.Width, (long)image.Height + lower.Height);
        canvas.Draw(image, 0, 0, image.Width, image.Height, blends: false);
        canvas.Draw(lower, 0, image.Height, lower.Width, lower.Height, blends: false);
        return canvas.ToImage();
    }

    private static float TextSize(int width) => Math.Clamp(width / WidthsInText, SmallestText, LargestText);
}
