using Road.Torch.Adaptation;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class LabelDistributionLossTests
{
    // Two pixels: the first is for class 0 by odds whose sixth power is 2, the second for class 1 by odds whose sixth power is 4.
    private static readonly float[] Logits = [(float)(Math.Log(2) / 6), 0, 0, (float)(Math.Log(4) / 6)];

    [TestMethod]
    public void APixelVotesByItsSharpenedProbabilities()
    {
        // The votes are (1, 1/2) and (1/4, 1). Together 5/4 and 3/2; the first pixel alone 1 and 1/2.
        using DisposeScope scope = NewDisposeScope();
        Tensor regions = tensor([0.5f, 0.5f, 1, 0], [1, 2, 2]);

        Tensor predicted = LabelDistributionLoss.Predict(tensor(Logits, [1, 2, 1, 2]), regions).exp();

        TensorAssert.HasShape(predicted, 1, 2, 2);
        TensorAssert.AreClose(predicted, 1e-6, 5.0 / 11, 6.0 / 11, 2.0 / 3, 1.0 / 3);
    }

    [TestMethod]
    public void TheLossIsTheMeanCrossEntropyOverTheRegionsThatCount()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor regions = tensor([0.5f, 0.5f, 1, 0, 0, 1], [1, 3, 2]);
        Tensor predicted = LabelDistributionLoss.Predict(tensor(Logits, [1, 2, 1, 2]), regions);
        Tensor targets = tensor([0.5f, 0.5f, 0, 1, 1, 0], [1, 3, 2]);

        float loss = LabelDistributionLoss.Compute(targets, predicted, tensor([1f, 1, 0], [1, 3])).item<float>();

        double image = -(0.5 * Math.Log(5.0 / 11)) - (0.5 * Math.Log(6.0 / 11));
        double superpixel = -Math.Log(1.0 / 3);
        Assert.AreEqual((image + superpixel) / 2, loss, 1e-6);
        Assert.AreEqual(0, LabelDistributionLoss.Compute(targets, predicted, zeros(1, 3)).item<float>());
    }

    [TestMethod]
    public void TheGradientIsTheNumericalOne()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(Logits, [1, 2, 1, 2]).requires_grad_();
        Loss(logits).backward();

        const double Step = 0.005;
        double[] expected = [.. Enumerable.Range(0, 4).Select(i => (At(i, Step) - At(i, -Step)) / (2 * Step))];
        Assert.IsGreaterThan(0.1, expected.Max(Math.Abs));
        TensorAssert.AreClose(logits.grad, 1e-3, expected);

        static double At(int index, double step) =>
            Loss(tensor([.. Logits.Select((value, i) => (float)(i == index ? value + step : value))], [1, 2, 1, 2])).item<float>();

        static Tensor Loss(Tensor logits) => LabelDistributionLoss.Compute(
            tensor([0.9f, 0.1f], [1, 1, 2]), LabelDistributionLoss.Predict(logits, tensor([0.5f, 0.5f], [1, 1, 2])), ones(1, 1));
    }

    [TestMethod]
    public void AClassThatNoPixelIsNearToStillGetsAGradient()
    {
        // The votes for class 1 are exp(-600): zero in single precision.
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor([100f, 100, 0, 0], [1, 2, 1, 2]).requires_grad_();

        LabelDistributionLoss.Compute(
            tensor([0f, 1], [1, 1, 2]), LabelDistributionLoss.Predict(logits, tensor([0.5f, 0.5f], [1, 1, 2])), ones(1, 1)).backward();

        // d log(exp(6 z0) + exp(6 z1)) - 6 z1: each of the two pixels has half of it.
        TensorAssert.AreClose(logits.grad, 1e-4, 3, 3, -3, -3);
    }
}
