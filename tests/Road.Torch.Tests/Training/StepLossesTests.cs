using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class StepLossesTests
{
    [TestMethod]
    [DataRow(1.0, 2.0, 3.0, true)]
    [DataRow(null, null, null, true)]
    [DataRow(double.NaN, null, 1.0, false)]
    [DataRow(1.0, double.PositiveInfinity, null, false)]
    [DataRow(null, 1.0, double.NegativeInfinity, false)]
    public void LossesThatWereComputedMustBeFinite(double? segmentation, double? distillation, double? spatial, bool finite) =>
        Assert.AreEqual(finite, new StepLosses(segmentation, distillation, spatial).AreFinite);

    [TestMethod]
    [DataRow(1.0, true)]
    [DataRow(double.NaN, false)]
    [DataRow(double.PositiveInfinity, false)]
    public void ARivalsLossesMustBeFiniteToo(double value, bool finite) =>
        Assert.AreEqual(finite, new StepLosses(1, null, null) { Rival = [new NamedLoss("L_da", 0.5), new NamedLoss("L_mi", value)] }.AreFinite);

    [TestMethod]
    public void WithoutARivalThereAreNoLossesOfIt() => Assert.IsEmpty(default(StepLosses).Rival);
}
