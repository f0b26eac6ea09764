using Road.Torch.Metrics;

namespace Road.Torch.Tests.Metrics;

[TestClass]
public sealed class ReliabilityDiagramTests
{
    private const double Tolerance = 1e-7;

    [TestMethod]
    public void BinsAndErrorsAreThoseWorkedOutByHand()
    {
        // Four bins. 0.25 belongs to the first: right, so 0.75 too low. 0.3 to the second: wrong, 0.3 too high. 0.9 right and 0.8 wrong to
        // the last: half are right, at a mean of 0.85. What is ignored has no confidence worth a look.
        ReliabilityDiagram diagram = new(4);
        diagram.Add([1, 0, 2, 2, 255], [1, 1, 2, 0, 0], [0.25f, 0.3f, 0.9f, 0.8f, float.NaN]);

        CollectionAssert.AreEqual(new long[] { 1, 1, 0, 2 }, diagram.Bins.Select(static bin => bin.PixelCount).ToArray());
        Assert.AreEqual("0-0.25 0.25-0.5 0.5-0.75 0.75-1", string.Join(' ', diagram.Bins.Select(
            static bin => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bin.Lower}-{bin.Upper}"))));
        Assert.AreEqual(1, diagram.Bins[0].Accuracy);
        Assert.AreEqual(0, diagram.Bins[1].Accuracy);
        Assert.AreEqual(double.NaN, diagram.Bins[2].Accuracy);
        Assert.AreEqual(double.NaN, diagram.Bins[2].MeanConfidence);
        Assert.AreEqual(0.5, diagram.Bins[3].Accuracy);
        Assert.AreEqual(0.85, diagram.Bins[3].MeanConfidence, Tolerance);
        Assert.AreEqual(4, diagram.PixelCount);
        Assert.AreEqual(0.5, diagram.Accuracy);
        Assert.AreEqual((0.25 + 0.3 + 0.9 + 0.8) / 4, diagram.MeanConfidence, Tolerance);
        Assert.AreEqual((0.75 / 4) + (0.3 / 4) + (0.35 * 2 / 4), diagram.ExpectedCalibrationError, Tolerance);
        Assert.AreEqual(0.75, diagram.MaximumCalibrationError, Tolerance);
    }

    [TestMethod]
    public void EndsBelongToTheBinBelowAndRoundingAboveOneToTheLast()
    {
        ReliabilityDiagram diagram = new(5);
        diagram.Add([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0f, 0.2f, 0.4f, 0.6f, 1f, 1.0005f]);
        CollectionAssert.AreEqual(new long[] { 2, 1, 1, 0, 2 }, diagram.Bins.Select(static bin => bin.PixelCount).ToArray());
        Assert.AreEqual(1, diagram.Bins[4].MeanConfidence);
    }

    [TestMethod]
    public void APredictionThatKnowsHowSureItMayBeHasNoError()
    {
        // Three of four right, and 0.75 sure of each.
        ReliabilityDiagram diagram = new();
        diagram.Add([0, 0, 0, 1], [0, 0, 0, 0], [0.75f, 0.75f, 0.75f, 0.75f]);
        Assert.HasCount(15, diagram.Bins);
        Assert.AreEqual(0, diagram.ExpectedCalibrationError);
        Assert.AreEqual(0, diagram.MaximumCalibrationError);
    }

    [TestMethod]
    public void WithoutLabelledPixelsThereIsNoError()
    {
        ReliabilityDiagram diagram = new();
        diagram.Add([255], [0], [0.5f]);
        Assert.AreEqual(0, diagram.PixelCount);
        foreach (double value in new[] { diagram.ExpectedCalibrationError, diagram.MaximumCalibrationError, diagram.Accuracy,
            diagram.MeanConfidence })
        {
            Assert.AreEqual(double.NaN, value);
        }
    }

    [TestMethod]
    public void MergedPartsEqualTheWhole()
    {
        ReliabilityDiagram whole = new(), first = new(), second = new();
        whole.Add([0, 1, 1], [0, 1, 0], [0.5f, 0.75f, 0.125f]);
        first.Add([0], [0], [0.5f]);
        second.Add([1, 1], [1, 0], [0.75f, 0.125f]);
        first.Merge(second);

        Assert.AreEqual(whole.ExpectedCalibrationError, first.ExpectedCalibrationError);
        Assert.AreEqual(3, first.PixelCount);
        Assert.ThrowsExactly<ArgumentException>(() => first.Merge(new ReliabilityDiagram(14)));
    }

    [TestMethod]
    public void WrongInputIsNamedAndCountsNothing()
    {
        ReliabilityDiagram diagram = new();
        AssertRefused([0.5f, 0.5f], "2 confidences");
        AssertRefused([0.5f, -0.1f, 0.5f], "The confidence at position 1 is -0.1; it must be 0 to 1.");
        AssertRefused([0.5f, 0.5f, 1.1f], "position 2 is 1.1");
        AssertRefused([float.NaN, 0.5f, 0.5f], "position 0 is NaN");
        Assert.AreEqual(0, diagram.PixelCount);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ReliabilityDiagram(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ReliabilityDiagram(1001));

        void AssertRefused(float[] confidences, string part) => StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => diagram.Add([0, 1, 0], [0, 1, 1], confidences)).Message, part);
    }
}
