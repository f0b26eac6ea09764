using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class LearningRateWarmUpTests
{
    [TestMethod]
    public void TheRateRisesLinearlyToTheDecay()
    {
        LearningRateSchedule schedule = new(baseRate: 1, iterations: 10, new PolyDecay { Power = 1 }, warmUp: 3);

        Assert.AreEqual(0.25 * 1.0, schedule.Rate(0), 1e-12);
        Assert.AreEqual(0.50 * 0.9, schedule.Rate(1), 1e-12);
        Assert.AreEqual(0.75 * 0.8, schedule.Rate(2), 1e-12);
        Assert.AreEqual(0.7, schedule.Rate(3), 1e-12);
        Assert.AreEqual(0, schedule.Rate(10), 1e-12);
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(11)]
    public void AWarmUpBeyondTheTrainingIsRefused(int warmUp)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new LearningRateSchedule(1, 10, warmUp: warmUp));
        StringAssert.Contains(error.Message, "0 to 10");
    }
}
