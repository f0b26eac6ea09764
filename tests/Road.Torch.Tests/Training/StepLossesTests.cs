using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class StepLossesTests
{
    [TestMethod]
    [DataRow(1.0, 2.0, 3.0, true)]
    [DataRow(null, 1.0, 2.0, true)]
    [DataRow(double.NaN, 0.0, 1.0, false)]
    [DataRow(1.0, double.PositiveInfinity, 0.0, false)]
    [DataRow(null, 1.0, double.NegativeInfinity, false)]
    public void LossesThatWereComputedMustBeFinite(double? segmentation, double distillation, double spatial, bool finite) =>
        Assert.AreEqual(finite, Losses(segmentation, distillation, spatial).AreFinite);

    [TestMethod]
    public void LossesAreFoundByTheirNames()
    {
        StepLosses losses = Losses(1, 2, 3);
        Assert.AreEqual(1.0, losses["L_seg"]);
        Assert.AreEqual(2.0, losses["L_dist"]);
        Assert.AreEqual(3.0, losses["L_spt"]);
        Assert.IsNull(losses["L_mi"]);
        Assert.IsNull(Losses(null, 2, 3)["L_seg"]);
        Assert.AreEqual("L_seg L_dist L_spt", string.Join(' ', losses.All.Select(static loss => loss.Name)));
        Assert.AreEqual("L_dist L_spt", string.Join(' ', Losses(null, 2, 3).All.Select(static loss => loss.Name)));
    }

    [TestMethod]
    public void ProgressIsALineOfText() => Assert.AreEqual(
        "iteration 3 of 10, L_seg 1.0000, L_dist 2.5000, L_spt 0.1235, 00:01:10 left",
        new RoadProgress(3, 10, Losses(1, 2.5, 0.12345), 0.1, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(70)).ToString());

    [TestMethod]
    public void WithoutMethodsThereAreNoLossesOfThem() => Assert.IsEmpty(default(StepLosses).Adaptation);

    private static StepLosses Losses(double? segmentation, double distillation, double spatial) =>
        new(segmentation) { Adaptation = [new NamedLoss("L_dist", distillation), new NamedLoss("L_spt", spatial)] };
}
