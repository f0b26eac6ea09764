using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using SkiaSharp;

namespace Road.Reliability.Fuzzing.Kinds;

/// <summary>Pictures, loaded and scored by a model.</summary>
internal sealed class ImageKind : FuzzKind
{
    public const string KindName = "image";
    private readonly MLContext _ml = CreateContext();
    private readonly RoadTransformer _model;

    public ImageKind(string folder)
        : base(KindName)
    {
        _model = new TinyDomain(Directory.CreateDirectory(Path.Combine(folder, KindName)).FullName).Train(_ml, TinyDomain.Options());
        Seeds =
        [
            new FuzzSeed("photo.png", Encode(SKEncodedImageFormat.Png), FuzzForm.Png),
            new FuzzSeed("photo.jpg", Encode(SKEncodedImageFormat.Jpeg), FuzzForm.Bytes),
            new FuzzSeed("photo.webp", Encode(SKEncodedImageFormat.Webp), FuzzForm.Bytes),
        ];
    }

    public override string? Use(FuzzSeed seed, string path)
    {
        IDataView view = _ml.Data.LoadFromEnumerable(new[] { new Row { TargetImagePath = path } });
        view = _ml.Transforms.LoadImages("TargetImage", null, nameof(Row.TargetImagePath)).Fit(view).Transform(view);
        foreach (VBuffer<float> scores in _model.Transform(view).GetColumn<VBuffer<float>>("Score"))
        {
            if (!scores.DenseValues().All(float.IsFinite))
            {
                return "the scores are not finite";
            }
        }

        return null;
    }

    private static byte[] Encode(SKEncodedImageFormat format)
    {
        using MLImage image = TinyDomain.CreateImage(3);
        SKImageInfo form = new(image.Width, image.Height, SKColorType.Bgra8888);
        using SKImage pixels = SKImage.FromPixelCopy(form, image.Pixels.ToArray());
        using SKData data = pixels.Encode(format, 80);
        return data.ToArray();
    }

    private sealed class Row
    {
        public string TargetImagePath { get; set; } = string.Empty;
    }
}
