using System.Globalization;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch;
using Road.Torch.Data;

namespace Road.MLNet;

/// <summary>
/// Draws label masks and what is known of them, for people to look at. Pictures that are given stay their owner's; the one that comes
/// back is the caller's to dispose, opaque, and of the pixel format <see cref="MLPixelFormat.Rgba32"/>.
/// </summary>
public static class SegmentationDrawing
{
    private const double DefaultOpacity = 0.5;
    private const int DefaultGap = 6;
    private const int DefaultLegendWidth = 640;
    private const int SmallestLegendWidth = 240;

    // A softmax of K classes sums rounding errors of K numbers.
    private const float HighestScore = 1.001f;

    private static readonly RgbColor Black = new(0, 0, 0);
    private static readonly RgbColor White = new(255, 255, 255);
    private static readonly RgbColor Right = new(225, 229, 233);
    private static readonly RgbColor Wrong = new(200, 30, 45);

    // Dark to light, so that the order holds on paper and for those who do not see all colours.
    private static readonly RgbColor[] ConfidenceColors = [new(24, 18, 66), new(33, 122, 140), new(252, 236, 130)];

    /// <summary>Reads an image file as training and scoring read it, so that masks of it lie on it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="orientation">Whether it is turned as its metadata says; as models do unless they are told otherwise.</param>
    /// <param name="maxPixels">The most pixels, width times height, that it may have, 1 to 536,870,911; 2^28 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The orientation or the limit is none.</exception>
    /// <exception cref="InvalidDataException">It is no image, damaged, cut off or too large; the message names the file.</exception>
    /// <exception cref="IOException">It is missing or cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read; the message names it.</exception>
    public static MLImage Load(
        string path, ImageOrientation orientation = ImageOrientation.Upright, int maxPixels = PixelLimit.Default)
    {
        ArgumentNullException.ThrowIfNull(path);
        OptionGuard.Defined(orientation, nameof(orientation));
        PixelLimit.CheckOption(maxPixels, nameof(maxPixels));
        return ImageDecoder.Load(path, maxPixels, orientation);
    }

    /// <summary>Scales a picture, whatever becomes of its aspect ratio.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">The width wanted in pixels, 1 or more.</param>
    /// <param name="height">The height wanted in pixels, 1 or more.</param>
    /// <param name="blends">
    /// Whether colours are mixed, as photos want it; else each pixel is the nearest one's, since a mixture of classes' colours is no
    /// class's.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The width or the height is outside its range.</exception>
    /// <exception cref="NotSupportedException">The picture has another pixel format than 32-bit BGRA or RGBA.</exception>
    public static MLImage Resize(MLImage image, int width, int height, bool blends = true)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        using DrawingCanvas canvas = new(width, height);
        canvas.Draw(image, 0, 0, width, height, blends);
        return canvas.ToImage();
    }

    /// <summary>Draws a mask in the classes' colours; what belongs to no class is black.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="colors">The colour of each class.</param>
    /// <exception cref="ArgumentException">The mask has a key for which there is no colour; the message says where.</exception>
    public static MLImage Paint(LabelMask mask, IReadOnlyList<RgbColor> colors)
    {
        CheckKeys(mask, colors);
        RgbColor[] palette = [Black, .. colors];
        DrawingPixels pixels = new(mask.Width, mask.Height);
        for (int i = 0; i < mask.Keys.Length; i++)
        {
            pixels[i] = palette[mask.Keys[i]];
        }

        return pixels.ToImage();
    }

    /// <summary>Lays a mask over an image; what belongs to no class shows the image alone.</summary>
    /// <param name="image">The image.</param>
    /// <param name="mask">The mask, of the image's size.</param>
    /// <param name="colors">The colour of each class.</param>
    /// <param name="opacity">How much of the mask is seen: 0, the image alone, to 1, the mask alone; 0.5 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The opacity is outside its range.</exception>
    /// <exception cref="ArgumentException">
    /// Image and mask have two sizes, which the message names, or the mask has a key for which there is no colour.
    /// </exception>
    /// <exception cref="NotSupportedException">The image has another pixel format than 32-bit BGRA or RGBA.</exception>
    public static MLImage Overlay(MLImage image, LabelMask mask, IReadOnlyList<RgbColor> colors, double opacity = DefaultOpacity)
    {
        CheckSize(image, mask);
        CheckKeys(mask, colors);
        OptionGuard.Between(opacity, 0.0, 1.0, nameof(opacity));
        DrawingPixels pixels = new(image);
        for (int i = 0; i < mask.Keys.Length; i++)
        {
            if (mask.Keys[i] > 0)
            {
                pixels[i] = Mix(pixels[i], colors[mask.Keys[i] - 1], opacity);
            }
        }

        return pixels.ToImage();
    }

    /// <summary>
    /// Draws where classes meet on an image: each pixel whose neighbour to the right or below has another key, no class among them.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="mask">The mask, of the image's size.</param>
    /// <param name="color">The lines' colour; white by default.</param>
    /// <exception cref="ArgumentException">Image and mask have two sizes, which the message names.</exception>
    /// <exception cref="NotSupportedException">The image has another pixel format than 32-bit BGRA or RGBA.</exception>
    public static MLImage Outline(MLImage image, LabelMask mask, RgbColor? color = null)
    {
        CheckSize(image, mask);
        DrawingPixels pixels = new(image);
        ReadOnlySpan<byte> keys = mask.Keys;
        for (int i = 0; i < keys.Length; i++)
        {
            bool isLastColumn = i % mask.Width == mask.Width - 1;
            bool isLastRow = i >= keys.Length - mask.Width;
            if ((!isLastColumn && keys[i] != keys[i + 1]) || (!isLastRow && keys[i] != keys[i + mask.Width]))
            {
                pixels[i] = color ?? White;
            }
        }

        return pixels.ToImage();
    }

    /// <summary>
    /// Draws where a prediction is wrong: red. What is right is light grey; pixels of the truth that belong to no class do not count and
    /// are black.
    /// </summary>
    /// <param name="prediction">What a model predicted.</param>
    /// <param name="truth">What is right, of the same size.</param>
    /// <exception cref="ArgumentException">The masks have two sizes, which the message names.</exception>
    public static MLImage ErrorMap(LabelMask prediction, LabelMask truth)
    {
        if ((prediction.Width, prediction.Height) != (truth.Width, truth.Height))
        {
            throw TwoSizes("prediction", prediction.Width, prediction.Height, "truth", truth.Width, truth.Height);
        }

        DrawingPixels pixels = new(truth.Width, truth.Height);
        for (int i = 0; i < truth.Keys.Length; i++)
        {
            pixels[i] = truth.Keys[i] == 0 ? Black : truth.Keys[i] == prediction.Keys[i] ? Right : Wrong;
        }

        return pixels.ToImage();
    }

    /// <summary>
    /// Draws how sure a model is: the highest probability of each pixel, from dark blue at 0 over teal to light yellow at 1.
    /// </summary>
    /// <param name="scores">
    /// Probabilities, row-major K x <paramref name="height"/> x <paramref name="width"/>, as the column that
    /// <see cref="RoadTrainerOptions.ScoreColumnName"/> names holds them, or the largest of each pixel, as
    /// <see cref="RoadTrainerOptions.ConfidenceColumnName"/> names them.
    /// </param>
    /// <param name="width">The width in pixels, 1 or more.</param>
    /// <param name="height">The height in pixels, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width or the height is less than 1.</exception>
    /// <exception cref="ArgumentException">
    /// There are no whole classes of scores, and the message has both numbers; or a pixel's highest score is no probability.
    /// </exception>
    public static MLImage ConfidenceMap(ReadOnlySpan<float> scores, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long count = (long)width * height;
        if (scores.IsEmpty || scores.Length % count != 0)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"There are {scores.Length} scores, which is not a whole number of classes of {width} x {height} = {count} pixels."),
                nameof(scores));
        }

        DrawingPixels pixels = new(width, height);
        for (int i = 0; i < count; i++)
        {
            float highest = scores[i];
            for (int j = i + (int)count; j < scores.Length; j += (int)count)
            {
                highest = MathF.Max(highest, scores[j]);
            }

            if (highest is not (>= 0 and <= HighestScore))
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The highest score in row {i / width}, column {i % width} is {highest}; probabilities are 0 to 1."),
                    nameof(scores));
            }

            double place = Math.Min(highest, 1.0) * (ConfidenceColors.Length - 1);
            int below = Math.Min((int)place, ConfidenceColors.Length - 2);
            pixels[i] = Mix(ConfidenceColors[below], ConfidenceColors[below + 1], place - below);
        }

        return pixels.ToImage();
    }

    /// <summary>Draws the classes' names beside their colours, on white, line by line as they have room.</summary>
    /// <param name="names">The classes' names, at least one. What is longer than a line is cut.</param>
    /// <param name="colors">Their colours.</param>
    /// <param name="width">The width in pixels, 32 to 16384; letters grow with it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is outside its range.</exception>
    /// <exception cref="ArgumentException">There is no name, or another number of colours; the message has both numbers.</exception>
    /// <exception cref="InvalidOperationException">The system has no font.</exception>
    public static MLImage Legend(IReadOnlyList<string> names, IReadOnlyList<RgbColor> colors, int width = DefaultLegendWidth)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(colors);
        OptionGuard.Between(width, 32, 16384, nameof(width));
        if (names.Count == 0 || names.Count != colors.Count)
        {
            throw new ArgumentException(
                $"There are {names.Count} names and {colors.Count} colours; there must be a colour for each name, and one name or more.",
                nameof(colors));
        }

        return DrawingLayout.Legend(names, colors, width);
    }

    /// <summary>Puts a legend below a picture, on white; a narrow picture gets white beside it, so that names have room.</summary>
    /// <param name="image">The picture, at most 16384 pixels wide.</param>
    /// <param name="names">The classes' names, at least one. What is longer than a line is cut.</param>
    /// <param name="colors">Their colours.</param>
    /// <exception cref="ArgumentOutOfRangeException">The picture is wider.</exception>
    /// <exception cref="ArgumentException">
    /// There is no name, or another number of colours, and the message has both numbers; or both together are larger than a picture can be.
    /// </exception>
    /// <exception cref="NotSupportedException">The picture has another pixel format than 32-bit BGRA or RGBA.</exception>
    /// <exception cref="InvalidOperationException">The system has no font.</exception>
    public static MLImage AddLegend(MLImage image, IReadOnlyList<string> names, IReadOnlyList<RgbColor> colors)
    {
        ArgumentNullException.ThrowIfNull(image);
        using MLImage legend = Legend(names, colors, Math.Max(image.Width, SmallestLegendWidth));
        return DrawingLayout.Below(image, legend);
    }

    /// <summary>Puts pictures of one size beside and below each other, on white.</summary>
    /// <param name="images">The pictures, at least one, from left to right and from top to bottom.</param>
    /// <param name="captions">A line below each picture, cut where it is too long; null for none.</param>
    /// <param name="columns">How many stand in a row, 1 or more; null for all.</param>
    /// <param name="gap">The white between two, in pixels, 0 to 1024; 6 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The columns or the gap are outside their range.</exception>
    /// <exception cref="ArgumentException">
    /// There is no picture; two have two sizes, or there is another number of captions, and the message names both; or all together are
    /// larger than a picture can be.
    /// </exception>
    /// <exception cref="NotSupportedException">A picture has another pixel format than 32-bit BGRA or RGBA.</exception>
    /// <exception cref="InvalidOperationException">There are captions, and the system has no font.</exception>
    public static MLImage SideBySide(
        IReadOnlyList<MLImage> images, IReadOnlyList<string>? captions = null, int? columns = null, int gap = DefaultGap)
    {
        ArgumentNullException.ThrowIfNull(images);
        OptionGuard.Between(gap, 0, 1024, nameof(gap));
        OptionGuard.Between(columns ?? 1, 1, int.MaxValue, nameof(columns));
        if (images.Count == 0)
        {
            throw new ArgumentException("There must be one picture or more.", nameof(images));
        }

        MLImage first = images[0];
        foreach ((int index, MLImage image) in images.Index())
        {
            if ((image.Width, image.Height) != (first.Width, first.Height))
            {
                throw TwoSizes(
                    "first picture", first.Width, first.Height, string.Create(CultureInfo.InvariantCulture, $"picture {index + 1}"),
                    image.Width, image.Height);
            }
        }

        return captions is null || captions.Count == images.Count
            ? DrawingLayout.Grid(images, captions, Math.Min(columns ?? images.Count, images.Count), gap)
            : throw new ArgumentException(
                $"There are {images.Count} pictures and {captions.Count} captions; each picture must have one, or none.", nameof(captions));
    }

    private static RgbColor Mix(RgbColor from, RgbColor to, double share)
    {
        return new RgbColor(Channel(from.Red, to.Red), Channel(from.Green, to.Green), Channel(from.Blue, to.Blue));

        byte Channel(byte first, byte second) =>
            (byte)Math.Round(first + (share * (second - first)), MidpointRounding.AwayFromZero);
    }

    private static void CheckSize(MLImage image, LabelMask mask)
    {
        ArgumentNullException.ThrowIfNull(image);
        if ((image.Width, image.Height) != (mask.Width, mask.Height))
        {
            throw TwoSizes("image", image.Width, image.Height, "label mask", mask.Width, mask.Height);
        }
    }

    private static void CheckKeys(LabelMask mask, IReadOnlyList<RgbColor> colors)
    {
        ArgumentNullException.ThrowIfNull(colors);
        for (int i = 0; i < mask.Keys.Length; i++)
        {
            if (mask.Keys[i] > colors.Count)
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The label mask has key {mask.Keys[i]} in row {i / mask.Width}, column {i % mask.Width}, but there are only "
                        + $"{colors.Count} colours, of keys 1 to {colors.Count}."),
                    nameof(mask));
            }
        }
    }

    private static ArgumentException TwoSizes(string one, int width, int height, string other, int otherWidth, int otherHeight) => new(
        $"The {one} is {new ImageSize(width, height)} and the {other} {new ImageSize(otherWidth, otherHeight)} (width x height); both must "
        + "have one size.");
}
