using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class PolyScheduleTests
{
    private const double Tolerance = 1e-15;

    [TestMethod]
    public void RateFallsAsThePowerOfWhatIsLeft()
    {
        PolySchedule square = new(0.4, 4, power: 2);
        Assert.AreEqual(0.4, square.Rate(0), Tolerance);
        Assert.AreEqual(0.225, square.Rate(1), Tolerance);
        Assert.AreEqual(0.1, square.Rate(2), Tolerance);
        Assert.AreEqual(0.025, square.Rate(3), Tolerance);
        Assert.AreEqual(0, square.Rate(4), Tolerance);

        // 2.5e-4 * 0.5^0.9, 0.5^0.9 = 0.535886731268...
        Assert.AreEqual(1.33971682817e-4, new PolySchedule(2.5e-4, 20_000).Rate(10_000), 1e-14);
        Assert.AreEqual(3, new PolySchedule(3, 10, power: 0).Rate(9), Tolerance);
    }

    [TestMethod]
    public void ValuesOutOfRangeAreNamed()
    {
        AssertRefused("baseRate", () => new PolySchedule(0, 1));
        AssertRefused("baseRate", () => new PolySchedule(double.NaN, 1));
        AssertRefused("iterations", () => new PolySchedule(1, 0));
        AssertRefused("power", () => new PolySchedule(1, 1, -0.1));
        AssertRefused("iteration", () => new PolySchedule(1, 5).Rate(-1));
        AssertRefused("iteration", () => new PolySchedule(1, 5).Rate(6));
    }

    private static void AssertRefused(string parameter, Func<object> action) =>
        Assert.AreEqual(parameter, Assert.ThrowsExactly<ArgumentOutOfRangeException>(action).ParamName);
}
