using Road.Torch.Metrics;

namespace Road.Torch.Tests.Metrics;

[TestClass]
public sealed class ScoreDistributionTests
{
    private const double Tolerance = 1e-12;

    [TestMethod]
    public void NumbersAreThoseWorkedOutByHand()
    {
        // 0.2, 0.4, 0.9: mean 0.5, squares 0.09 + 0.01 + 0.16 over 2. A quarter lies half way between the first and the second.
        ScoreDistribution scores = new([0.9, double.NaN, 0.2, 0.4]);
        Assert.AreEqual(3, scores.Count);
        Assert.AreEqual(0.5, scores.Mean, Tolerance);
        Assert.AreEqual(Math.Sqrt(0.13), scores.StandardDeviation, Tolerance);
        Assert.AreEqual(0.2, scores.Minimum);
        Assert.AreEqual(0.3, scores.Quantile(0.25), Tolerance);
        Assert.AreEqual(0.4, scores.Median);
        Assert.AreEqual(0.8, scores.Quantile(0.9), Tolerance, "eight tenths of the way from 0.4 to 0.9");
        Assert.AreEqual(0.9, scores.Maximum);
    }

    [TestMethod]
    public void OneScoreHasNoDeviationAndNoScoresHaveNothing()
    {
        ScoreDistribution one = new([0.3]);
        Assert.AreEqual((0.3, 0.3, 0.3), (one.Mean, one.Quantile(0), one.Quantile(1)));
        Assert.AreEqual(double.NaN, one.StandardDeviation);

        ScoreDistribution none = new([double.NaN]);
        Assert.AreEqual(0, none.Count);
        Assert.AreEqual(double.NaN, none.Mean);
        Assert.AreEqual(double.NaN, none.Median);
        Assert.AreEqual(double.NaN, none.StandardDeviation);
    }

    [TestMethod]
    public void AShareIsOfOne()
    {
        ScoreDistribution scores = new([0.3]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => scores.Quantile(-0.1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => scores.Quantile(50));
    }
}
