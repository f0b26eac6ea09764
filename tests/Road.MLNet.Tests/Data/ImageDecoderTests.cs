using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Tests.Scoring;
using Road.Torch.Data;
using SkiaSharp;

namespace Road.MLNet.Tests.Data;

/// <summary>Photos are read upright and colours as the file has them, wherever images are read.</summary>
[TestClass]
public sealed class ImageDecoderTests
{
    private const int Width = 40;
    private const int Height = 24;

    // What JPEG loses at its best quality, with colours at half the resolution, away from edges.
    private const int Loss = 12;

    public static IEnumerable<object[]> Turned =>
        from way in RowReading.Ways
        from orientation in Enumerable.Range(1, 8)
        select new object[] { way, orientation };

    public static IEnumerable<object[]> Ways => RowReading.Ways.Select(static way => new object[] { way });

    [TestMethod]
    [DynamicData(nameof(Turned))]
    public void APhotoIsReadAsItIsSeen(string way, int orientation)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("photo.jpg", PictureFile.Photo(orientation, Width, Height));

        DecodedSample seen = RowReading.Read(way, file);
        DecodedSample stored = RowReading.Read(way, file, ImageOrientation.AsStored);

        Assert.AreEqual((Width, Height), (seen.Width, seen.Height));
        AssertQuarters(PictureFile.Quarters, seen);
        Assert.AreEqual(orientation > 4 ? (Height, Width) : (Width, Height), (stored.Width, stored.Height));
    }

    [TestMethod]
    [DynamicData(nameof(Turned))]
    public void APngIsReadAsItIsSeenWhereverItSaysSo(string way, int orientation)
    {
        using TemporaryFolder folder = new();
        foreach (bool isLast in new[] { false, true })
        {
            foreach (bool isLittle in new[] { false, true })
            {
                string file = folder.Write("photo.png", PictureFile.PngPhoto(orientation, Width, Height, isLast, isLittle));

                DecodedSample seen = RowReading.Read(way, file);
                DecodedSample stored = RowReading.Read(way, file, ImageOrientation.AsStored);

                Assert.AreEqual((Width, Height), (seen.Width, seen.Height));
                AssertQuarters(PictureFile.Quarters, seen);
                Assert.AreEqual(orientation > 4 ? (Height, Width) : (Width, Height), (stored.Width, stored.Height));
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Ways))]
    public void ColoursAreThoseOfTheFileAtEveryAlpha(string way)
    {
        byte[] pixels = new byte[4 * 256 * 3];
        new Random(5).NextBytes(pixels);
        for (int i = 0; i < pixels.Length / 4; i++)
        {
            pixels[(4 * i) + 3] = (byte)(i % 256);
        }

        using TemporaryFolder folder = new();
        DecodedSample read = RowReading.Read(way, folder.Write("a.png", PictureFile.WithAlpha(256, 3, pixels)));

        CollectionAssert.AreEqual(pixels.Where(static (_, i) => i % 4 < 3).ToArray(), read.Pixels.ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(Ways))]
    public void ImagesThatHaveNoAlphaAnywhereAreNotBlack(string way)
    {
        byte[] pixels = [.. Enumerable.Range(0, 4 * Width * Height).Select(static i => i % 4 == 3 ? (byte)0 : (byte)(i % 251))];
        using TemporaryFolder folder = new();

        DecodedSample read = RowReading.Read(way, folder.Write("simulated.png", PictureFile.WithAlpha(Width, Height, pixels)));

        CollectionAssert.AreEqual(pixels.Where(static (_, i) => i % 4 < 3).ToArray(), read.Pixels.ToArray());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AMaskLiesOnThePhotoAsItIsSeen(bool engine)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("photo.jpg", PictureFile.Photo(6, Width, Height));
        MLContext ml = new(1);
        using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
        IDataView paths = ml.Data.LoadFromEnumerable([new PathRow { ImagePath = file }]);
        ITransformer chain = ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(paths).Append(model);

        (int, int) upright = Score(ml, chain, paths, engine);
        model.ImageOrientation = ImageOrientation.AsStored;
        (int, int) stored = Score(ml, chain, paths, engine);

        Assert.AreEqual((Width, Height), upright);
        Assert.AreEqual((Height, Width), stored);
    }

    [TestMethod]
    public void TheOrientationIsSavedWithTheModel()
    {
        MLContext ml = new(1);
        using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
        model.ImageOrientation = ImageOrientation.AsStored;
        using MemoryStream file = new();
        ml.Model.Save(model, null, file);

        using RoadTransformer loaded = (RoadTransformer)new MLContext().Model.Load(file, out _);

        Assert.AreEqual(ImageOrientation.AsStored, loaded.ImageOrientation);
        Assert.Throws<ArgumentOutOfRangeException>(() => loaded.ImageOrientation = (ImageOrientation)7);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RoadTrainerOptions { ImageOrientation = (ImageOrientation)7 });
    }

    [TestMethod]
    public void AnImageThatAnotherTransformHasChangedIsTurned()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("photo.jpg", PictureFile.Photo(6, Width, Height));
        MLContext ml = new(1);
        IDataView view = ml.Data.LoadFromEnumerable([new PathRow { ImagePath = file }]);
        view = ml.Transforms.LoadImages("Image", null, "ImagePath")
            .Append(ml.Transforms.ResizeImages("Small", Height / 2, Width / 2, "Image"))
            .Fit(view).Transform(view);

        using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
        IDataView scored = model.Transform(ml.Transforms.CopyColumns("Image", "Small").Fit(view).Transform(view));
        int[] size = [.. scored.GetColumn<int[]>("PredictedLabelSize").Single()];

        Assert.AreEqual((Width / 2, Height / 2), (size[0], size[1]));
    }

    private static (int Width, int Height) Score(MLContext ml, ITransformer chain, IDataView paths, bool engine)
    {
        if (!engine)
        {
            int[] size = chain.Transform(paths).GetColumn<int[]>("PredictedLabelSize").Single();
            return (size[0], size[1]);
        }

        PredictionEngine<PathRow, ScoringFixture.Prediction> predictions =
            ml.Model.CreatePredictionEngine<PathRow, ScoringFixture.Prediction>(
            chain, new PredictionEngineOptions { OwnsTransformer = false });
        using MLImage mask = predictions.Predict(new PathRow { ImagePath = paths.GetColumn<string>("ImagePath").Single() }).PredictedMask!;
        return (mask.Width, mask.Height);
    }

    private static void AssertQuarters(SKColor[] expected, DecodedSample sample)
    {
        for (int quarter = 0; quarter < 4; quarter++)
        {
            int x = (sample.Width / 4) + (quarter % 2 * sample.Width / 2);
            int y = (sample.Height / 4) + (quarter / 2 * sample.Height / 2);
            ReadOnlySpan<byte> pixel = sample.Pixels.AsSpan(3 * ((y * sample.Width) + x), 3);
            Assert.IsLessThan(Loss, Math.Abs(pixel[0] - expected[quarter].Red), $"red of quarter {quarter}");
            Assert.IsLessThan(Loss, Math.Abs(pixel[1] - expected[quarter].Green), $"green of quarter {quarter}");
            Assert.IsLessThan(Loss, Math.Abs(pixel[2] - expected[quarter].Blue), $"blue of quarter {quarter}");
        }
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = string.Empty;
    }
}
