using Microsoft.ML;
using Road.MLNet.Tests.Data;

namespace Road.MLNet.Tests;

[TestClass]
public sealed class SemanticSegmentationEvaluatorTests
{
    private static readonly string[] Names = ["road", "sky", "car", "train"];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void MetricsAreThoseWorkedOutByHand()
    {
        // Truth by prediction: road 3 right, 1 as sky; sky 2 right, 1 as road; car 0 right, 1 as sky; train nowhere.
        // The second image's ignored pixels, 255, count nowhere.
        using var masks = new MaskPair();
        masks.Add([0, 0, 0, 0], [0, 0, 0, 1]);
        masks.Add([1, 1, 1, 2, 255, 255], [1, 1, 0, 1, 0, 2]);
        SemanticSegmentationMetrics metrics = Evaluate(masks.View(_ml, Names));

        Assert.AreEqual("3 1 0 0|1 2 0 0|0 1 0 0|0 0 0 0", string.Join('|', metrics.ConfusionMatrix.Select(row => string.Join(' ', row))));
        Assert.AreEqual(3.0 / 5, metrics.PerClassIntersectionOverUnion[0], 1e-12);
        Assert.AreEqual(2.0 / 5, metrics.PerClassIntersectionOverUnion[1], 1e-12);
        Assert.AreEqual(0, metrics.PerClassIntersectionOverUnion[2], "present, never predicted");
        Assert.IsTrue(double.IsNaN(metrics.PerClassIntersectionOverUnion[3]), "in neither");
        Assert.AreEqual((0.6 + 0.4 + 0) / 3, metrics.MeanIntersectionOverUnion, 1e-12);
        Assert.AreEqual(5.0 / 8, metrics.PixelAccuracy, 1e-12);
        Assert.AreEqual((0.75 + (2.0 / 3) + 0) / 3, metrics.MeanPixelAccuracy, 1e-12);
        Assert.AreEqual(((4 * 0.6) + (3 * 0.4) + 0) / 8, metrics.FrequencyWeightedIntersectionOverUnion, 1e-12);
        CollectionAssert.AreEqual(Names, metrics.ClassNames.ToArray());
        Assert.AreEqual("mIoU 0.333, pixel accuracy 0.625, 2 images", metrics.ToString());
        Assert.AreEqual(
            """
            truth \ prediction  road    sky  car  recall   IoU
            road                75.0   25.0  0.0    75.0  60.0
            sky                 33.3   66.7  0.0    66.7  40.0
            car                  0.0  100.0  0.0     0.0   0.0

            """.ReplaceLineEndings(),
            metrics.GetFormattedConfusionTable());
    }

    [TestMethod]
    public void MeanOverSomeClassesLeavesOutThoseThatOccurNowhere()
    {
        using var masks = new MaskPair();
        masks.Add([0, 0, 1, 1], [0, 0, 1, 0]);
        SemanticSegmentationMetrics metrics = Evaluate(masks.View(_ml, Names));

        Assert.AreEqual(0.5, metrics.MeanIntersectionOverUnionOf(["sky", "train"]), 1e-12);
        Assert.IsTrue(double.IsNaN(metrics.MeanIntersectionOverUnionOf(["train"])));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => metrics.MeanIntersectionOverUnionOf(["bus"])).Message,
            "no class 'bus'; the classes are road, sky, car, train",
            StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentException>(() => metrics.MeanIntersectionOverUnionOf(["sky", "sky"]));
        Assert.ThrowsExactly<ArgumentException>(() => metrics.MeanIntersectionOverUnionOf([]));
    }

    [TestMethod]
    public void TruthAgainstItselfIsPerfectWhereverItIsIgnored()
    {
        using var masks = new MaskPair();
        masks.Add([0, 255, 1], [0, 255, 1]);
        Assert.AreEqual(1, Evaluate(masks.View(_ml, Names)).MeanIntersectionOverUnion);
    }

    [TestMethod]
    public void SizesThatDifferAreNamedWithTheirRow()
    {
        using var masks = new MaskPair();
        masks.Add([0, 1], [0, 1]);
        masks.Add([0, 1, 0], [0, 1]);
        AssertRefused(
            masks.View(_ml, Names), "Row 1 (LabelPath '", "label1.png', PredictedPath '",
            "predicted1.png'): column 'Label' has 3 x 1 pixels, but column 'PredictedLabel' has 2 x 1");
    }

    [TestMethod]
    public void SizesThatDifferButForTheNumberOfPixelsAreNamedWithTheirRow()
    {
        using var masks = new MaskPair();
        masks.Add([0, 1, 0, 1, 1, 1], [0, 1, 0, 1, 1, 1]);
        masks.Add([0, 1, 0, 1, 1, 1], [0, 1, 0, 1, 1, 1], height: 2, predictedHeight: 3);
        IDataView view = masks.View(_ml, Names);
        AssertRefused(
            view, "Row 1 (", "label1.png'", "predicted1.png'", "column 'Label' has 3 x 2 pixels, but column 'PredictedLabel' has 2 x 3");
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(
                () => Evaluate(view, "Copy")).Message, "'Copy' has 3 x 2 pixels", StringComparison.Ordinal);
        _ = Evaluate(_ml.Transforms.DropColumns("LabelSize").Fit(view).Transform(view));
    }

    [TestMethod]
    public void MasksThatDoNotFitAreLeftOutAndCountedWhereThatIsAskedFor()
    {
        using var masks = new MaskPair();
        masks.Add([0, 1, 255, 255], [0, 1, 0, 0]);
        masks.Add([0, 1, 0, 1, 1, 1], [0, 1, 0, 1, 1, 1], height: 2, predictedHeight: 3);

        SemanticSegmentationMetrics metrics = _ml.SemanticSegmentation.Evaluate(
            masks.View(_ml, Names), badImages: Road.Torch.Data.BadSamplePolicy.Skip);

        Assert.AreEqual((1, 1), (metrics.ImageCount, metrics.Skipped.Count));
        StringAssert.Contains(metrics.Skipped.FirstMessages[0], "column 'Label' has 3 x 2 pixels", StringComparison.Ordinal);
        Assert.AreEqual(0.5, metrics.IgnoredPixelShare);
    }

    [TestMethod]
    public void LabelledPixelWithoutPredictionIsNamedWithItsRow()
    {
        using var masks = new MaskPair();
        masks.Add([0, 1], [0, 255]);
        AssertRefused(masks.View(_ml, Names), "Row 0 (LabelPath '", "column 'PredictedLabel' has no class at position 1");
    }

    [TestMethod]
    public void NothingToEvaluateIsAnError()
    {
        using var masks = new MaskPair();
        AssertRefused(masks.View(_ml, Names), "the data has no rows");
        masks.Add([255, 255], [0, 1]);
        AssertRefused(masks.View(_ml, Names), "no pixel of column 'Label' has a class in any of the 1 rows");
    }

    [TestMethod]
    public void UnreadableMaskIsNamedAndNotHiddenByTheReader()
    {
        using var masks = new MaskPair();
        masks.Add([0], [0]);
        IDataView view = masks.View(_ml, Names);
        masks.RemoveFiles();
        FileNotFoundException error = Assert.ThrowsExactly<FileNotFoundException>(() => Evaluate(view));
        StringAssert.StartsWith(error.Message, "Column 'Label', row 0: the label mask '", StringComparison.Ordinal);
    }

    [TestMethod]
    public void ColumnsAreChecked()
    {
        using var masks = new MaskPair();
        masks.Add([0], [0]);
        IDataView view = masks.View(_ml, Names);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => Evaluate(view, "Truth")).Message, "Could not find label column 'Truth'", StringComparison.Ordinal);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Evaluate(view, predicted: "LabelPath")).Message,
            "Schema mismatch for predicted label column 'LabelPath': expected Vector<Key<Byte>>, got String",
            StringComparison.Ordinal);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => Evaluate(masks.View(_ml, Names, ["road", "sky", "car", "bus"]))).Message,
            "The classes of column 'Label' (road, sky, car, train) are not those of column 'PredictedLabel' (road, sky, car, bus)",
            StringComparison.Ordinal);
    }

    private static SemanticSegmentationMetrics Evaluate(IDataView view, string label = "Label", string predicted = "PredictedLabel") =>
        new MLContext().SemanticSegmentation.Evaluate(view, label, predicted);

    private static void AssertRefused(IDataView view, params string[] parts)
    {
        string message = Assert.ThrowsExactly<InvalidDataException>(() => Evaluate(view)).Message;
        foreach (string part in parts)
        {
            StringAssert.Contains(message, part, StringComparison.Ordinal);
        }
    }

    /// <summary>True and predicted masks, one row high unless said otherwise, in files.</summary>
    private sealed class MaskPair : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly List<PathRow> _rows = [];

        public void Add(byte[] truth, byte[] prediction, int height = 1, int predictedHeight = 1) => _rows.Add(new PathRow
        {
            LabelPath = _folder.Write($"label{_rows.Count}.png", PngWriter.Write(truth.Length / height, height, truth)),
            PredictedPath = _folder.Write(
                $"predicted{_rows.Count}.png", PngWriter.Write(prediction.Length / predictedHeight, predictedHeight, prediction)),
        });

        public void RemoveFiles() => _rows.ForEach(row => File.Delete(row.LabelPath));

        public IDataView View(MLContext ml, string[] names, string[]? predictedNames = null)
        {
            IDataView view = ml.Data.LoadFromEnumerable(_rows.ToArray());
            return ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", LabelEncoding.FromIds(names))
                .Append(
                    ml.Transforms.LoadLabelMasks("PredictedLabel", null, "PredictedPath", LabelEncoding.FromIds(predictedNames ?? names)))
                .Append(ml.Transforms.CopyColumns("Copy", "Label"))
                .Fit(view)
                .Transform(view);
        }

        public void Dispose() => _folder.Dispose();
    }

    private sealed class PathRow
    {
        public string LabelPath { get; set; } = string.Empty;

        public string PredictedPath { get; set; } = string.Empty;
    }
}
