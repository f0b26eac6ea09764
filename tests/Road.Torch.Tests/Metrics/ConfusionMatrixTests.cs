using Road.Torch.Metrics;

namespace Road.Torch.Tests.Metrics;

[TestClass]
public sealed class ConfusionMatrixTests
{
    private const double Tolerance = 1e-12;

    // Class 2 is in the truth but never predicted, class 3 is in neither; two pixels are ignored.
    // Rows: 0 -> [3, 1, 0, 0], 1 -> [1, 2, 0, 0], 2 -> [0, 1, 0, 0].
    private static readonly byte[] Truth = [0, 0, 0, 0, 1, 1, 1, 2, 255, 255];
    private static readonly byte[] Predicted = [0, 0, 0, 1, 0, 1, 1, 1, 0, 3];

    [TestMethod]
    public void CountsAreByTruthAndPrediction()
    {
        ConfusionMatrix matrix = Create();
        Assert.AreEqual(8, matrix.PixelCount);
        Assert.AreEqual(3, matrix[0, 0]);
        Assert.AreEqual(1, matrix[0, 1]);
        Assert.AreEqual(1, matrix[1, 0]);
        Assert.AreEqual(2, matrix[1, 1]);
        Assert.AreEqual(1, matrix[2, 1]);
        Assert.AreEqual(8, matrix.ToArray().Cast<long>().Sum());
    }

    [TestMethod]
    public void PerClassIntersectionOverUnionIsZeroForANeverPredictedClassAndNaNForAnAbsentOne()
    {
        // 3 / (4 + 4 - 3), 2 / (3 + 4 - 2), 0 / (1 + 0 - 0), 0 / 0.
        IReadOnlyList<double> values = Create().PerClassIntersectionOverUnion;
        Assert.AreEqual(0.6, values[0], Tolerance);
        Assert.AreEqual(0.4, values[1], Tolerance);
        Assert.AreEqual(0, values[2]);
        Assert.AreEqual(double.NaN, values[3]);
    }

    [TestMethod]
    public void MeansFollowFromTheCounts()
    {
        ConfusionMatrix matrix = Create();
        Assert.AreEqual(5.0 / 8, matrix.PixelAccuracy, Tolerance);
        Assert.AreEqual(((3.0 / 4) + (2.0 / 3) + 0) / 3, matrix.MeanPixelAccuracy, Tolerance);
        Assert.AreEqual(1.0 / 3, matrix.MeanIntersectionOverUnion, Tolerance);
        Assert.AreEqual(((4 * 0.6) + (3 * 0.4) + 0) / 8, matrix.FrequencyWeightedIntersectionOverUnion, Tolerance);
    }

    [TestMethod]
    public void ClassThatIsPredictedButNeverTrueCountsZero()
    {
        ConfusionMatrix matrix = new(2);
        matrix.Add([0, 0], [0, 1]);
        Assert.AreEqual(0.25, matrix.MeanIntersectionOverUnion, Tolerance);
        Assert.AreEqual(0.5, matrix.MeanPixelAccuracy, Tolerance);
        Assert.AreEqual(0.5, matrix.FrequencyWeightedIntersectionOverUnion, Tolerance);
    }

    [TestMethod]
    public void MeanOverSomeClassesLeavesOutThoseThatDoNotOccur()
    {
        ConfusionMatrix matrix = Create();
        Assert.AreEqual(0.6, matrix.MeanIntersectionOverUnionOf([0, 3]), Tolerance);
        Assert.AreEqual(0.2, matrix.MeanIntersectionOverUnionOf([1, 2]), Tolerance);
        Assert.AreEqual(double.NaN, matrix.MeanIntersectionOverUnionOf([3]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => matrix.MeanIntersectionOverUnionOf([4]));
        Assert.ThrowsExactly<ArgumentException>(() => matrix.MeanIntersectionOverUnionOf([1, 1]));
        Assert.ThrowsExactly<ArgumentException>(() => matrix.MeanIntersectionOverUnionOf([]));
    }

    [TestMethod]
    public void WithoutPixelsEveryMetricIsNaN()
    {
        ConfusionMatrix matrix = new(3);
        matrix.Add([255, 255], [0, 1]);
        Assert.AreEqual(0, matrix.PixelCount);
        Assert.AreEqual(double.NaN, matrix.PixelAccuracy);
        Assert.AreEqual(double.NaN, matrix.MeanPixelAccuracy);
        Assert.AreEqual(double.NaN, matrix.MeanIntersectionOverUnion);
        Assert.AreEqual(double.NaN, matrix.FrequencyWeightedIntersectionOverUnion);
    }

    [TestMethod]
    public void MergedPartsEqualTheWhole()
    {
        ConfusionMatrix first = new(4);
        ConfusionMatrix second = new(4);
        first.Add(Truth.AsSpan(0, 3), Predicted.AsSpan(0, 3));
        second.Add(Truth.AsSpan(3), Predicted.AsSpan(3));
        first.Merge(second);
        CollectionAssert.AreEqual(Create().ToArray(), first.ToArray());
        Assert.AreEqual(8, first.PixelCount);
        Assert.ThrowsExactly<ArgumentException>(() => first.Merge(new ConfusionMatrix(3)));
    }

    [TestMethod]
    public void CountsMadeElsewhereAreAdded()
    {
        ConfusionMatrix matrix = new(2);
        matrix.Add([0, 1], [0, 0]);
        matrix.Add(1, 0, 5);
        Assert.AreEqual(6, matrix[1, 0]);
        Assert.AreEqual(7, matrix.PixelCount);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => matrix.Add(2, 0, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => matrix.Add(0, 0, -1));
        Assert.AreEqual(7, matrix.PixelCount);
    }

    [TestMethod]
    public void WrongInputIsNamedAndCountsNothing()
    {
        ConfusionMatrix matrix = new(3);
        AssertRefused(matrix, [0, 1, 2], [0, 1], "3 pixels", "prediction 2");
        AssertRefused(matrix, [0, 1, 3], [0, 1, 2], "true class 3", "position 2");
        AssertRefused(matrix, [0, 1, 254], [0, 1, 2], "true class 254", "position 2");
        AssertRefused(matrix, [0, 1, 2], [0, 7, 2], "predicted class 7", "position 1");
        AssertRefused(matrix, [0, 255, 2], [0, 255, 2], "predicted class 255", "position 1");
        Assert.AreEqual(0, matrix.PixelCount);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ConfusionMatrix(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ConfusionMatrix(256));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => matrix[3, 0]);
    }

    [TestMethod]
    public void LargeMaskAgreesWithACountOfEachPixel()
    {
        const int Classes = 19;
        Random random = new(5);
        byte[] truth = new byte[2048 * 1024];
        byte[] predicted = new byte[truth.Length];
        long[,] expected = new long[Classes, Classes];
        for (int i = 0; i < truth.Length; i++)
        {
            int value = random.Next(Classes + 1);
            predicted[i] = (byte)random.Next(Classes);
            truth[i] = value == Classes ? ConfusionMatrix.Ignored : (byte)value;
            if (value < Classes)
            {
                expected[value, predicted[i]]++;
            }
        }

        ConfusionMatrix matrix = new(Classes);
        matrix.Add(truth, predicted);

        CollectionAssert.AreEqual(expected, matrix.ToArray());
    }

    [TestMethod]
    public void MergedClassesAreSumsOfRowsAndColumns()
    {
        ConfusionMatrix matrix = new(3);
        matrix.Add([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 0, 2]);

        ConfusionMatrix merged = matrix.MergeClasses([1, 0, 1]);

        CollectionAssert.AreEqual(new long[,] { { 1, 1 }, { 1, 3 } }, merged.ToArray());
        Assert.AreEqual(6, merged.PixelCount);
        foreach (int[] groups in new int[][] { [], [0, 1], [0, 0, 2], [1, 1, 2], [-1, 0, 1] })
        {
            StringAssert.Contains(
                Assert.ThrowsExactly<ArgumentException>(() => matrix.MergeClasses(groups)).Message, "There must be 3 groups");
        }
    }

    private static ConfusionMatrix Create()
    {
        ConfusionMatrix matrix = new(4);
        matrix.Add(Truth, Predicted);
        return matrix;
    }

    private static void AssertRefused(ConfusionMatrix matrix, byte[] truth, byte[] predicted, params string[] parts)
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => matrix.Add(truth, predicted)).Message;
        foreach (string part in parts)
        {
            StringAssert.Contains(message, part);
        }
    }
}
