using Road.Torch.Adaptation;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class SoftmaxRegressionTests
{
    [TestMethod]
    public void ItFindsTheDistributionsThatItCanExpress()
    {
        // Two points and two classes: some weights give each point any distribution.
        using DisposeScope scope = NewDisposeScope();
        using SoftmaxRegression model = SoftmaxRegression.Fit(
            tensor([5f, 7, 5, 7], [4, 1]), tensor([0.75f, 0.25f, 0.1f, 0.9f, 0.75f, 0.25f, 0.1f, 0.9f], [4, 2]), 1e-6, 300);

        TensorAssert.AreClose(model.Predict(tensor([5f, 7], [2, 1])).exp(), 1e-3, 0.75, 0.25, 0.1, 0.9);
    }

    [TestMethod]
    public void DecayHoldsTheWeightsAtTheirOptimum()
    {
        // Points at -1 and 1 of one class each. By symmetry the weights are w and -w with a bias of 0, and at the optimum the
        // gradient s(-2w) of the cross-entropy equals decay w; with w = 0.5 the decay is s(-1) / 0.5.
        using DisposeScope scope = NewDisposeScope();
        double decay = 1 / (1 + Math.E) / 0.5;
        using SoftmaxRegression model = SoftmaxRegression.Fit(tensor([-1f, 1], [2, 1]), tensor([1f, 0, 0, 1], [2, 2]), decay, 200);

        TensorAssert.AreClose(model.Predict(tensor([-1f], [1, 1])).exp(), 1e-4, Math.E / (1 + Math.E), 1 / (1 + Math.E));
    }

    [TestMethod]
    public void AFeatureThatNeverChangesDoesNoHarm()
    {
        using DisposeScope scope = NewDisposeScope();
        using SoftmaxRegression model = SoftmaxRegression.Fit(
            tensor([3f, -1, 3, 1], [2, 2]), tensor([1f, 0, 0, 1], [2, 2]), 0.01, 100);
        Assert.IsTrue(model.Predict(tensor([3f, -1], [1, 2])).isfinite().all().item<bool>());
    }
}
