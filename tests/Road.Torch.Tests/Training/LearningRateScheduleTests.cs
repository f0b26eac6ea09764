using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class LearningRateScheduleTests
{
    private const double Tolerance = 1e-15;

    [TestMethod]
    public void RateFallsAsThePowerOfWhatIsLeft()
    {
        LearningRateSchedule square = new(0.4, 4, new PolyDecay { Power = 2 });
        Assert.AreEqual(0.4, square.Rate(0), Tolerance);
        Assert.AreEqual(0.225, square.Rate(1), Tolerance);
        Assert.AreEqual(0.1, square.Rate(2), Tolerance);
        Assert.AreEqual(0.025, square.Rate(3), Tolerance);
        Assert.AreEqual(0, square.Rate(4), Tolerance);

        // 2.5e-4 * 0.5^0.9, 0.5^0.9 = 0.535886731268...
        Assert.AreEqual(1.33971682817e-4, new LearningRateSchedule(2.5e-4, 20_000).Rate(10_000), 1e-14);
        Assert.AreEqual(3, new LearningRateSchedule(3, 10, new PolyDecay { Power = 0 }).Rate(9), Tolerance);
    }

    [TestMethod]
    public void ACosineFallsToItsEnd()
    {
        LearningRateSchedule schedule = new(2, 4, new CosineDecay { FinalFactor = 0.1 });
        Assert.AreEqual(2, schedule.Rate(0), Tolerance);
        Assert.AreEqual(2 * (0.1 + (0.9 * 0.5 * (1 + Math.Sqrt(0.5)))), schedule.Rate(1), 1e-14);
        Assert.AreEqual(1.1, schedule.Rate(2), 1e-14);
        Assert.AreEqual(0.2, schedule.Rate(4), 1e-14);
    }

    [TestMethod]
    public void ValuesOutOfRangeAreNamed()
    {
        AssertRefused("baseRate", () => new LearningRateSchedule(0, 1));
        AssertRefused("baseRate", () => new LearningRateSchedule(double.NaN, 1));
        AssertRefused("iterations", () => new LearningRateSchedule(1, 0));
        AssertRefused("Power", () => new PolyDecay { Power = -0.1 });
        AssertRefused("FinalFactor", () => new CosineDecay { FinalFactor = 1.1 });
        AssertRefused("iteration", () => new LearningRateSchedule(1, 5).Rate(-1));
        AssertRefused("iteration", () => new LearningRateSchedule(1, 5).Rate(6));
    }

    private static void AssertRefused(string parameter, Func<object> action) =>
        Assert.AreEqual(parameter, Assert.ThrowsExactly<ArgumentOutOfRangeException>(action).ParamName);
}
