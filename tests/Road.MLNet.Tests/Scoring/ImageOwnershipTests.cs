using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Road.MLNet.Tests.Data;

namespace Road.MLNet.Tests.Scoring;

/// <summary>Files and images of the user's are the user's again once they are scored.</summary>
[TestClass]
public sealed class ImageOwnershipTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(6)]
    public void AFileIsFreeOnceItIsPredicted(int orientation)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("photo.jpg", PictureFile.Photo(orientation, 40, 24));
        MLContext ml = new(1);
        using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
        IDataView paths = ml.Data.LoadFromEnumerable(Array.Empty<PathRow>());
        ITransformer chain = ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(paths).Append(model);
        using PredictionEngine<PathRow, ScoringFixture.Prediction> engine =
            ml.Model.CreatePredictionEngine<PathRow, ScoringFixture.Prediction>(
            chain, new PredictionEngineOptions { OwnsTransformer = false });

        engine.Predict(new PathRow { ImagePath = file }).PredictedMask!.Dispose();

        using FileStream alone = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.IsGreaterThan(0, alone.Length);
    }

    [TestMethod]
    [DataRow(40, 24)]
    [DataRow(20, 12)]
    public void ImagesInMemoryAreNotDisposedByScoring(int width, int height)
    {
        MLContext ml = new(1);
        using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
        using MLImage image = ScoringFixture.CreateImage(1, 40, 24);
        IDataView rows = ml.Data.LoadFromEnumerable([new ScaledRow { Original = image }]);
        IDataView scaled = ml.Transforms.ResizeImages("Image", width, height, "Original").Fit(rows).Transform(rows);

        _ = model.Transform(scaled).GetColumn<byte[]>("PredictedLabel").ToArray();
        _ = model.Transform(ml.Transforms.CopyColumns("Image", "Original").Fit(rows).Transform(rows)).GetColumn<byte[]>(
            "PredictedLabel").ToArray();

        Assert.AreEqual(40, image.Width);
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = string.Empty;
    }

    private sealed class ScaledRow
    {
        [ImageType(24, 40)]
        public MLImage? Original { get; set; }
    }
}
