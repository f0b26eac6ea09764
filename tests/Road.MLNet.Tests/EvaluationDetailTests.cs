using Microsoft.ML;
using Road.MLNet.Tests.Data;
using Road.Torch.Data;

namespace Road.MLNet.Tests;

/// <summary>What an evaluation measures beside the confusion matrix of the whole set, where it is asked for.</summary>
[TestClass]
public sealed class EvaluationDetailTests
{
    private const double Tolerance = 1e-7;

    private static readonly string[] Names = ["road", "sky", "car"];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void NothingIsMeasuredUnlessItIsAskedFor()
    {
        using Masks masks = new();
        masks.Add([0, 1], [0, 1], [0.5f, 0.5f]);
        SemanticSegmentationMetrics metrics = _ml.SemanticSegmentation.Evaluate(masks.View(_ml));
        Assert.IsNull(metrics.Images);
        Assert.IsNull(metrics.ImageSpread);
        Assert.IsNull(metrics.ReliabilityBins);
        Assert.IsNull(metrics.ExpectedCalibrationError);
        Assert.IsNull(metrics.MaximumCalibrationError);
        Assert.IsNull(metrics.MeanConfidence);
        Assert.IsNull(metrics.MeanBoundaryIntersectionOverUnion);
        Assert.IsNull(metrics.PerClassBoundaryIntersectionOverUnion);
        Assert.IsNull(metrics.MeanBoundaryIntersectionOverUnionOf(["road"]));
    }

    [TestMethod]
    public void ImagesAreMeasuredOneByOne()
    {
        // First: road 2 of 3, sky 1 of 2. Second: all sky as car. Third: no label. Fourth: right.
        using Masks masks = new();
        masks.Add([0, 0, 0, 1], [0, 0, 1, 1]);
        masks.Add([1, 1, 0, 255], [2, 2, 0, 1]);
        masks.Add([255, 255], [0, 1]);
        masks.Add([2, 2], [2, 2]);
        SemanticSegmentationMetrics metrics = Evaluate(masks, static options => options.PerImage = true);

        IReadOnlyList<ImageMetrics> images = metrics.Images!;
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 3 }, images.Select(static image => image.Row).ToArray());
        CollectionAssert.AreEqual(new long[] { 4, 3, 0, 2 }, images.Select(static image => image.PixelCount).ToArray());
        Assert.AreEqual(((2.0 / 3) + (1.0 / 2)) / 2, images[0].MeanIntersectionOverUnion, Tolerance);
        Assert.AreEqual((1.0 + 0 + 0) / 3, images[1].MeanIntersectionOverUnion, Tolerance, "car is in the prediction alone");
        Assert.AreEqual(double.NaN, images[2].MeanIntersectionOverUnion);
        Assert.AreEqual(1, images[3].MeanIntersectionOverUnion);
        Assert.AreEqual(double.NaN, images[3].PerClassIntersectionOverUnion[0]);
        Assert.AreEqual(0.5, images[0].MeanIntersectionOverUnionOf(["sky", "car"]), Tolerance);
        StringAssert.EndsWith(images[1].Texts["LabelPath"], "label1.png");

        double mean = (images[0].MeanIntersectionOverUnion + (1.0 / 3) + 1) / 3;
        Assert.AreEqual(3, metrics.ImageSpread!.Count, "the third has no score");
        Assert.AreEqual(mean, metrics.ImageSpread.Mean, Tolerance);
        Assert.AreEqual(1.0 / 3, metrics.ImageSpread.Minimum, Tolerance);
        Assert.AreEqual(images[0].MeanIntersectionOverUnion, metrics.ImageSpread.Median, Tolerance);

        // Road 3 of 4, sky 1 of 4, car 2 of 4: another mean than that of the images.
        Assert.AreEqual(0.5, metrics.MeanIntersectionOverUnion, Tolerance);
    }

    [TestMethod]
    public void ConfusionsAreThoseOfMostPixelsFirst()
    {
        using Masks masks = new();
        masks.Add([0, 0, 0, 1, 1, 1, 2, 2, 255, 0], [1, 2, 2, 0, 0, 1, 2, 1, 1, 0]);
        ImageMetrics image = Evaluate(masks, static options => options.PerImage = true).Images!.Single();

        Assert.AreEqual(
            "road as car 2, sky as road 2, road as sky 1, car as sky 1",
            string.Join(", ", image.FindConfusions(9).Select(static entry => $"{entry.Truth} as {entry.Predicted} {entry.PixelCount}")));
        Assert.AreEqual(2.0 / 9, image.FindConfusions(1).Single().Share, Tolerance);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => image.FindConfusions(0));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => image.MeanIntersectionOverUnionOf(["bus"])).Message, "no class 'bus'");
    }

    [TestMethod]
    public void CalibrationTakesOneConfidenceForEachPixelOrTheLargestOfItsProbabilities()
    {
        // Two bins: 0.5 wrong; 0.75 right and 0.95 wrong. Expected error: 1/3 x 0.5 + 2/3 x |0.5 - 0.85|.
        using Masks confidences = new();
        confidences.Add([0, 1, 2, 255], [1, 1, 0, 0], [0.5f, 0.75f, 0.95f, 7f]);
        using Masks probabilities = new();
        probabilities.Add([0, 1, 2, 255], [1, 1, 0, 0], [0.3f, 0.1f, 0.95f, 0f, 0.5f, 0.75f, 0.03f, 0f, 0.2f, 0.15f, 0.02f, 0f]);
        foreach (Masks masks in new[] { confidences, probabilities })
        {
            SemanticSegmentationMetrics metrics = Evaluate(masks, static options =>
            {
                options.ConfidenceColumnName = "Confidence";
                options.CalibrationBins = 2;
            });
            CollectionAssert.AreEqual(new long[] { 1, 2 }, metrics.ReliabilityBins!.Select(static bin => bin.PixelCount).ToArray());
            Assert.AreEqual((0.5 / 3) + (0.35 * 2 / 3), metrics.ExpectedCalibrationError!.Value, Tolerance);
            Assert.AreEqual(0.5, metrics.MaximumCalibrationError!.Value, Tolerance);
            Assert.AreEqual((0.5 + 0.75 + 0.95) / 3, metrics.MeanConfidence!.Value, Tolerance);
        }
    }

    [TestMethod]
    public void OutlinesAreMeasuredByTheirBands()
    {
        // Those of BoundaryIntersectionOverUnionTests, two images of them.
        byte[] truth = [0, 0, 0, 1, 1, 1], predicted = [0, 0, 0, 0, 1, 1];
        using Masks masks = new();
        for (int i = 0; i < 2; i++)
        {
            masks.Add(
                [.. Enumerable.Repeat(truth, 5).SelectMany(static row => row)],
                [.. Enumerable.Repeat(predicted, 5).SelectMany(static row => row)],
                height: 5);
        }

        SemanticSegmentationMetrics metrics = Evaluate(masks, static options => options.Boundaries = true);
        Assert.AreEqual(9.0 / 17, metrics.PerClassBoundaryIntersectionOverUnion![0], Tolerance);
        Assert.AreEqual(double.NaN, metrics.PerClassBoundaryIntersectionOverUnion[2]);
        Assert.AreEqual(((9.0 / 17) + (7.0 / 15)) / 2, metrics.MeanBoundaryIntersectionOverUnion!.Value, Tolerance);
        Assert.AreEqual(7.0 / 15, metrics.MeanBoundaryIntersectionOverUnionOf(["sky", "car"])!.Value, Tolerance);
        Assert.AreNotEqual(
            metrics.MeanBoundaryIntersectionOverUnion,
            Evaluate(masks, static options => (options.Boundaries, options.BoundaryWidth) = (true, 0.3)).MeanBoundaryIntersectionOverUnion);
    }

    [TestMethod]
    public void ARowThatIsLeftOutIsLeftOutOfEverything()
    {
        using Masks masks = new();
        masks.Add([0, 1], [0, 1], [1f, 1f]);
        masks.Add([0, 1], [1, 1], [0.5f, 2f]);
        masks.Add([0, 1], [1, 1], [0.5f]);
        SemanticSegmentationMetrics metrics = Evaluate(masks, static options =>
        {
            options.BadImages = BadSamplePolicy.Skip;
            options.ConfidenceColumnName = "Confidence";
            options.PerImage = true;
            options.Boundaries = true;
        });

        Assert.AreEqual((1, 2), (metrics.ImageCount, metrics.Skipped.Count));
        Assert.AreEqual(1, metrics.MeanIntersectionOverUnion);
        Assert.AreEqual(1, metrics.MeanBoundaryIntersectionOverUnion);
        Assert.AreEqual(0, metrics.ExpectedCalibrationError);
        Assert.HasCount(1, metrics.Images!);
        StringAssert.Contains(
            metrics.Skipped.FirstMessages[0], "column 'Confidence': The confidence at position 1 is 2; it must be 0 to 1.");
        StringAssert.Contains(metrics.Skipped.FirstMessages[1], "column 'Confidence' has 1 numbers for 2 pixels of 3 classes");
    }

    [TestMethod]
    public void WiderClassesMergeImagesAndLoseWhatCountsDoNotTell()
    {
        using Masks masks = new();
        masks.Add([0, 1, 2, 2], [0, 2, 1, 0], [1f, 1f, 1f, 1f]);
        SemanticSegmentationMetrics metrics = Evaluate(masks, static options =>
        {
            options.ConfidenceColumnName = "Confidence";
            options.PerImage = true;
            options.Boundaries = true;
        }).MergeClasses(new Dictionary<string, string> { ["road"] = "road", ["sky"] = "rest", ["car"] = "rest" });

        // Road 1 of 2, rest 2 of 3.
        ImageMetrics image = metrics.Images!.Single();
        Assert.AreEqual((0.5 + (2.0 / 3)) / 2, image.MeanIntersectionOverUnion, Tolerance);
        Assert.AreEqual(image.MeanIntersectionOverUnion, metrics.ImageSpread!.Mean);
        Assert.AreEqual("rest as road", string.Join(", ", image.FindConfusions(3).Select(
            static entry => $"{entry.Truth} as {entry.Predicted}")));
        Assert.IsNull(metrics.ExpectedCalibrationError);
        Assert.IsNull(metrics.MeanBoundaryIntersectionOverUnion);
    }

    [TestMethod]
    public void ColumnsAreChecked()
    {
        using Masks masks = new();
        masks.Add([0], [0], [1f]);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => Evaluate(masks, static options => options.ConfidenceColumnName = "Score")).Message,
            "Could not find confidence column 'Score'");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => Evaluate(masks, static options => options.ConfidenceColumnName = "LabelPath")).Message,
            "Schema mismatch for confidence column 'LabelPath': expected Vector<Single>, got String");

        IDataView view = masks.View(_ml);
        view = _ml.Transforms.DropColumns("LabelSize").Fit(view).Transform(view);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.Evaluate(
                view, new SemanticSegmentationEvaluationOptions { Boundaries = true })).Message,
            "Outlines need the sizes of masks");
    }

    [TestMethod]
    public void OptionsOutOfRangeAreRefusedByName()
    {
        SemanticSegmentationEvaluationOptions options = new();
        Refuse(() => options.CalibrationBins = 0, "CalibrationBins is 0; it must be 1 to 1000.");
        Refuse(() => options.BoundaryWidth = 0.6, "BoundaryWidth is 0.6; it must be greater than 0 and at most 0.5.");
        Refuse(() => options.BadImages = (BadSamplePolicy)9, "BadImages is 9");
        Refuse(() => options.ConfidenceColumnName = "", "ConfidenceColumnName must not be empty");
        Refuse(() => options.LabelColumnName = " ", "LabelColumnName must not be empty");
        Refuse(() => options.PredictedLabelColumnName = "", "PredictedLabelColumnName must not be empty");
        Assert.AreEqual((15, 0.02), (options.CalibrationBins, options.BoundaryWidth), "the papers' numbers");

        static void Refuse(Action set, string part) =>
            StringAssert.Contains(Assert.Throws<ArgumentException>(set).Message, part);
    }

    private SemanticSegmentationMetrics Evaluate(Masks masks, Action<SemanticSegmentationEvaluationOptions> set)
    {
        SemanticSegmentationEvaluationOptions options = new();
        set(options);
        return _ml.SemanticSegmentation.Evaluate(masks.View(_ml), options);
    }

    /// <summary>True and predicted masks in files, and confidences, one row of pixels high unless said otherwise.</summary>
    private sealed class Masks : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly List<Row> _rows = [];

        public void Add(byte[] truth, byte[] prediction, float[]? confidence = null, int height = 1) => _rows.Add(new Row
        {
            LabelPath = _folder.Write($"label{_rows.Count}.png", PngWriter.Write(truth.Length / height, height, truth)),
            PredictedPath = _folder.Write($"predicted{_rows.Count}.png", PngWriter.Write(truth.Length / height, height, prediction)),
            Confidence = confidence ?? [],
        });

        public IDataView View(MLContext ml)
        {
            IDataView view = ml.Data.LoadFromEnumerable(_rows.ToArray());
            LabelEncoding encoding = LabelEncoding.FromIds(Names);
            return ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding)
                .Append(ml.Transforms.LoadLabelMasks("PredictedLabel", null, "PredictedPath", encoding))
                .Fit(view)
                .Transform(view);
        }

        public void Dispose() => _folder.Dispose();
    }

    private sealed class Row
    {
        public string LabelPath { get; set; } = string.Empty;

        public string PredictedPath { get; set; } = string.Empty;

        public float[] Confidence { get; set; } = [];
    }
}
