using Microsoft.ML;
using Road.MLNet.Tests.Data;

namespace Road.MLNet.Tests;

/// <summary>
/// The evaluation against the arithmetic of Cityscapes' published script, restated here: one matrix of all label ids; of a
/// scored id, true positives over true positives, false negatives and those false positives whose truth is scored; 0 / 0
/// left out of the mean.
/// </summary>
[TestClass]
public sealed class CityscapesScoringTests
{
    private const int LabelIds = 34;

    private static readonly int[] Scored = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void AbsentClassIsLeftOutOfTheMean()
    {
        SemanticSegmentationMetrics metrics = AssertAsPublished([7, 7, 26, 26], [7, 26, 26, 26]);
        Assert.AreEqual((0.5 + (2.0 / 3)) / 2, metrics.MeanIntersectionOverUnion, 1e-12);
        Assert.AreEqual(17, metrics.PerClassIntersectionOverUnion.Count(double.IsNaN));
    }

    [TestMethod]
    public void ClassNeverPredictedCountsZeroAsDoesOneNeverTrue()
    {
        SemanticSegmentationMetrics metrics = AssertAsPublished([7, 7, 24], [7, 7, 25]);
        Assert.AreEqual(0, metrics.PerClassIntersectionOverUnion[11], "person, never predicted");
        Assert.AreEqual(0, metrics.PerClassIntersectionOverUnion[12], "rider, never true");
        Assert.AreEqual(1.0 / 3, metrics.MeanIntersectionOverUnion, 1e-12);
    }

    [TestMethod]
    public void IgnoredPixelsCountNowhereEvenAsFalsePositives()
    {
        // Sky is predicted on ignored truth alone, and so occurs nowhere.
        SemanticSegmentationMetrics metrics = AssertAsPublished([7, 0, 4, 14, 8, 8], [7, 7, 23, 23, 8, 7]);
        Assert.AreEqual(0.5, metrics.PerClassIntersectionOverUnion[0], 1e-12);
        Assert.IsTrue(double.IsNaN(metrics.PerClassIntersectionOverUnion[10]));
        Assert.AreEqual(0.5, metrics.MeanIntersectionOverUnion, 1e-12);
        Assert.AreEqual(2.0 / 3, metrics.PixelAccuracy, 1e-12);
    }

    [TestMethod]
    public void SubsetsAreMeansOverTheFullMatrix()
    {
        // Terrain and wall are not among the 13, but their pixels taken for vegetation are still its false positives.
        SemanticSegmentationMetrics metrics = AssertAsPublished([21, 21, 22, 12, 7, 7], [21, 21, 21, 21, 7, 12]);
        Assert.AreEqual(0.5, metrics.PerClassIntersectionOverUnion[8], 1e-12);
        Assert.AreEqual((0.5 + 0.5) / 2, metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Synthia13), 1e-12);
        Assert.AreEqual((0.5 + 0.5 + 0) / 3, metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Synthia16), 1e-12);
        Assert.AreEqual((0.5 + 0.5 + 0 + 0) / 4, metrics.MeanIntersectionOverUnionOf(CityscapesClasses.Names), 1e-12);
    }

    [TestMethod]
    public void RandomMasksOfSeveralImagesAreScoredAsPublished()
    {
        var random = new Random(4);
        for (int round = 0; round < 10; round++)
        {
            byte[] truth = [.. Enumerable.Range(0, 700).Select(_ => (byte)random.Next(LabelIds))];
            byte[] predicted = [.. truth.Select(id =>
                (byte)(random.Next(3) > 0 && Scored.Contains(id) ? id : Scored[random.Next(5 + round)]))];
            AssertAsPublished(truth, predicted);
        }
    }

    [TestMethod]
    public void CamVidMasksScoreACityscapesModelInCamVidsClasses()
    {
        // CamVid: 0 sky, 1 building, 3 road, 4 pavement, 5 tree, 6 sign, 8 car, 9 pedestrian, 10 bicyclist, 11 unlabelled.
        byte[] truth = [0, 1, 1, 3, 3, 4, 5, 5, 6, 6, 8, 8, 8, 9, 10, 10, 10, 11];
        int[] model = [10, 2, 3, 0, 1, 1, 8, 9, 6, 7, 13, 14, 15, 12, 12, 17, 18, 16];
        using var folder = new TemporaryFolder();
        folder.Write("truth.png", PngWriter.Write(truth.Length, 1, truth));
        folder.Write("model.png", PngWriter.Write(truth.Length, 1, [.. model.Select(index => (byte)index)]));
        SemanticSegmentationMetrics fine = Evaluate(folder, LabelEncoding.CamVidAsCityscapes, LabelEncoding.CityscapesTrainIds);
        Assert.AreEqual(0, fine.PerClassIntersectionOverUnion[14], "a truck, which CamVid calls a car");

        SemanticSegmentationMetrics merged = fine.MergeClasses(CityscapesClasses.ToCamVid);
        Assert.HasCount(11, merged.ClassNames);
        Dictionary<string, double> iou = merged.ClassNames.Zip(merged.PerClassIntersectionOverUnion).ToDictionary();
        foreach (string right in new[] { "sky", "building", "tree", "sign", "car" })
        {
            Assert.AreEqual(1, iou[right], right);
        }

        Assert.AreEqual(0.5, iou["road"]);
        Assert.AreEqual(0.5, iou["pavement"]);
        Assert.AreEqual(0, iou["pedestrian"], "taken for a rider");
        Assert.AreEqual(0.75, iou["bicyclist"]);
        Assert.IsTrue(double.IsNaN(iou["pole"]) && double.IsNaN(iou["fence"]));
        Assert.AreEqual(15.0 / 17, merged.PixelAccuracy, 1e-12);
    }

    [TestMethod]
    public void EveryClassMustHaveAGroupThatIsItsOwn()
    {
        using var folder = new TemporaryFolder();
        folder.Write("truth.png", PngWriter.Write(1, 1, [0]));
        folder.Write("model.png", PngWriter.Write(1, 1, [0]));
        SemanticSegmentationMetrics metrics = Evaluate(folder, LabelEncoding.CamVid, LabelEncoding.CamVid);
        Dictionary<string, string> groups = metrics.ClassNames.ToDictionary(name => name);
        groups.Remove("sign");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(
                () => metrics.MergeClasses(groups)).Message, "The class 'sign' has no group", StringComparison.Ordinal);
        groups["sign"] = "sign";
        Assert.AreEqual(1, metrics.MergeClasses(groups).MeanIntersectionOverUnion);
        groups["kerb"] = "pavement";
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(
                () => metrics.MergeClasses(groups)).Message, "There is no class 'kerb'", StringComparison.Ordinal);
    }

    private SemanticSegmentationMetrics AssertAsPublished(byte[] truth, byte[] predicted)
    {
        // In two images of different sizes, which one matrix counts together.
        using var folder = new TemporaryFolder();
        int cut = truth.Length / 3;
        folder.Write("truth.png", PngWriter.Write(cut, 1, truth[..cut]));
        folder.Write("model.png", PngWriter.Write(cut, 1, predicted[..cut]));
        folder.Write("truth2.png", PngWriter.Write(truth.Length - cut, 1, truth[cut..]));
        folder.Write("model2.png", PngWriter.Write(truth.Length - cut, 1, predicted[cut..]));
        SemanticSegmentationMetrics metrics = Evaluate(folder, LabelEncoding.Cityscapes, LabelEncoding.Cityscapes);

        double[] expected = [.. Scored.Select(id => Published(truth, predicted, id))];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], metrics.PerClassIntersectionOverUnion[i], 1e-12, CityscapesClasses.Names[i]);
        }

        Assert.AreEqual(expected.Where(value => !double.IsNaN(value)).Average(), metrics.MeanIntersectionOverUnion, 1e-12);
        return metrics;
    }

    private static double Published(byte[] truth, byte[] predicted, int id)
    {
        var matrix = new long[LabelIds, LabelIds];
        for (int i = 0; i < truth.Length; i++)
        {
            matrix[truth[i], predicted[i]]++;
        }

        long right = matrix[id, id];
        long falseNegatives = Enumerable.Range(0, LabelIds).Sum(other => matrix[id, other]) - right;
        long falsePositives = Scored.Where(other => other != id).Sum(other => matrix[other, id]);
        long union = right + falseNegatives + falsePositives;
        return union == 0 ? double.NaN : (double)right / union;
    }

    private SemanticSegmentationMetrics Evaluate(TemporaryFolder folder, LabelEncoding truth, LabelEncoding predicted)
    {
        string second = folder.Combine("truth2.png");
        var rows = new[] { new { Truth = folder.Combine("truth.png"), Model = folder.Combine("model.png") } }.ToList();
        if (File.Exists(second))
        {
            rows.Add(new { Truth = second, Model = folder.Combine("model2.png") });
        }

        IDataView view = _ml.Data.LoadFromEnumerable(rows);
        view = _ml.Transforms.LoadLabelMasks("Label", null, "Truth", truth)
            .Append(_ml.Transforms.LoadLabelMasks("PredictedLabel", null, "Model", predicted)).Fit(view).Transform(view);
        return _ml.SemanticSegmentation.Evaluate(view);
    }
}
