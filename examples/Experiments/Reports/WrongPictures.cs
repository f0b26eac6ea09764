using Experiments.Results;
using Microsoft.ML.Data;
using Road.MLNet;
using SkiaSharp;

namespace Experiments.Reports;

/// <summary>
/// Pictures of the worst images: the photograph, which stays on the user's machine, and what is drawn from label and prediction alone.
/// </summary>
internal sealed class WrongPictures
{
    // Three side by side have a page's width.
    private const int WidthInFile = 320;

    private WrongPictures(
        IReadOnlyDictionary<string, IReadOnlyList<string>> frames,
        IReadOnlyDictionary<string, byte[]> files,
        IReadOnlyList<(string Name, RgbColor Color)> classes)
    {
        Frames = frames;
        Files = files;
        Classes = classes;
    }

    /// <summary>The columns' names.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["Image", "Truth", "Prediction", "Wrong pixels"];

    /// <summary>By an image's name: data URIs of the photograph, the truth, the prediction, and where it is wrong.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Frames { get; }

    /// <summary>By an image's name: a PNG file of all but the photograph, side by side.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    /// <summary>The classes' names and colours.</summary>
    public IReadOnlyList<(string Name, RgbColor Color)> Classes { get; }

    /// <summary>Makes the pictures of the images whose masks the run kept; null where it kept none.</summary>
    /// <param name="wrong">The images.</param>
    /// <param name="store">Where the masks are.</param>
    /// <param name="dataRoot">The folder that the data's paths start from.</param>
    public static WrongPictures? Create(WrongData wrong, RunStore store, string dataRoot)
    {
        (WorstImage Image, string Mask)[] kept =
        [
            .. wrong.Frames.Select(frame => (frame.Image, Path.Combine(store.MaskFolder(wrong.Run.Id), frame.Image.Name + ".png")))
                .Where(static pair => File.Exists(pair.Item2)),
        ];
        if (kept.Length == 0)
        {
            return null;
        }

        TestImages images = new(wrong.Run, dataRoot);
        Dictionary<string, IReadOnlyList<string>> frames = [];
        Dictionary<string, byte[]> files = [];
        foreach ((WorstImage image, string mask) in kept)
        {
            using MLImage photo = images.Photo(image.Name, image.Row);
            (byte[] truthKeys, int width, int height) = images.Truth(image.Row);
            (byte[] keys, int maskWidth, int maskHeight) = images.Prediction(wrong.Run, mask);
            LabelMask truth = new(truthKeys, width, height);
            LabelMask prediction = new(keys, maskWidth, maskHeight);
            using MLImage truthPicture = SegmentationDrawing.Paint(truth, images.Colors);
            using MLImage predictionPicture = SegmentationDrawing.Paint(prediction, images.Colors);
            using MLImage errors = SegmentationDrawing.ErrorMap(prediction, truth);
            frames[image.Name] =
            [
                PagePicture.Photo(photo), PagePicture.Mask(truthPicture), PagePicture.Mask(predictionPicture), PagePicture.Mask(errors),
            ];
            files[image.Name] = Join(truthPicture, predictionPicture, errors);
        }

        return new WrongPictures(frames, files, images.Classes);
    }

    private static byte[] Join(params MLImage[] pictures)
    {
        int width = Math.Min(WidthInFile, pictures[0].Width);
        int height = Math.Max(1, pictures[0].Height * width / pictures[0].Width);
        MLImage[] small = [.. pictures.Select(picture => SegmentationDrawing.Resize(picture, width, height, blends: false))];
        try
        {
            using MLImage joined = SegmentationDrawing.SideBySide(small);
            using SKData png = ImageEncoding.Png(joined);
            return png.ToArray();
        }
        finally
        {
            Array.ForEach(small, static picture => picture.Dispose());
        }
    }
}
