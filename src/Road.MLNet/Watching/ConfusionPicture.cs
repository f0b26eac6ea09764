using System.Globalization;
using Microsoft.ML.Data;
using Road.MLNet.Data;

namespace Road.MLNet.Watching;

/// <summary>A confusion matrix as a picture: each row of the truth in shares of its pixels, classes numbered as their rows are.</summary>
internal static class ConfusionPicture
{
    private const int Cell = 34;
    private const int Gap = 2;
    private const int TextSize = 14;
    private const double Shown = 0.005;

    private static readonly RgbColor None = new(244, 246, 248);
    private static readonly RgbColor Right = new(11, 99, 184);
    private static readonly RgbColor Wrong = new(179, 66, 31);

    public static MLImage Draw(SemanticSegmentationMetrics metrics)
    {
        using DrawingText? text = CreateText();
        string[] names =
            [.. metrics.ClassNames.Select(static (name, index) => string.Create(CultureInfo.InvariantCulture, $"{index + 1} {name}"))];
        int margin = text is null ? Gap : (int)names.Max(text.Measure) + (2 * Cell / 3);
        int top = text is null ? Gap : Cell;
        using DrawingCanvas canvas = new(margin + (names.Length * Cell) + Gap, top + (names.Length * Cell) + Gap);
        for (int truth = 0; truth < names.Length; truth++)
        {
            int y = top + (truth * Cell);
            Write(names[truth], Gap + 2, y);
            Write(string.Create(CultureInfo.InvariantCulture, $"{truth + 1}"), margin + (truth * Cell) + 8, 2);
            long total = metrics.ConfusionMatrix[truth].Sum();
            for (int predicted = 0; predicted < names.Length; predicted++)
            {
                double share = total == 0 ? 0 : (double)metrics.ConfusionMatrix[truth][predicted] / total;
                canvas.Fill(Mix(truth == predicted ? Right : Wrong, 0.75 * share), margin + (predicted * Cell), y, Cell - Gap);
                if (share >= Shown)
                {
                    Write(string.Create(CultureInfo.InvariantCulture, $"{100 * share:0}"), margin + (predicted * Cell) + 5, y);
                }
            }
        }

        return canvas.ToImage();

        void Write(string words, int left, int line)
        {
            if (text is not null)
            {
                canvas.Write(text, words, left, line + ((Cell - Gap - text.LineHeight) / 2));
            }
        }
    }

    /// <summary>Text; null where the system has no font, since colours say most of it.</summary>
    private static DrawingText? CreateText()
    {
        try
        {
            return new DrawingText(TextSize);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static RgbColor Mix(RgbColor color, double share)
    {
        return new RgbColor(Channel(None.Red, color.Red), Channel(None.Green, color.Green), Channel(None.Blue, color.Blue));

        byte Channel(byte from, byte to) => (byte)Math.Round(from + (share * (to - from)));
    }
}
