using Road.Torch.Data;
using Road.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training.Losses;

[TestClass]
public sealed class SoftDiceLossTests
{
    private const long Ignored = DecodedSample.IgnoredLabel;

    [TestMethod]
    public void ItIsTheMeanOverTheClassesThatOccur()
    {
        using DisposeScope scope = NewDisposeScope();

        // Pixels of class 0, 1, 1 and none; the third class occurs nowhere, and what it is given counts in no sum.
        Tensor probabilities = tensor(
            [0.7f, 0.7f, 0.2f, 0.5f, 0.25f, 0.25f, 0.8f, 0.25f, 0.05f, 0.05f, 0, 0.25f], [1, 3, 2, 2], requires_grad: true);
        Tensor labels = tensor([0, 1, 1, Ignored], [1, 2, 2]);

        Tensor loss = SoftDiceLoss.Compute(probabilities, labels);
        loss.backward();

        // sum p g, and sum p^2 + sum g.
        (double both, double sizes) first = (0.7, (2 * 0.49) + 0.04 + 1);
        (double both, double sizes) second = (1.05, (2 * 0.0625) + 0.64 + 2);
        double expected = 1 - (((2 * first.both / first.sizes) + (2 * second.both / second.sizes)) / 2);
        Assert.AreEqual(expected, loss.item<float>(), 1e-6);

        // The slope of 2 B / S is 2 g / S - 4 B p / S^2; a mean of two, and what is lost.
        double Slope((double both, double sizes) k, double p, double g) =>
            -((2 * g / k.sizes) - (4 * k.both * p / (k.sizes * k.sizes))) / 2;
        TensorAssert.AreClose(
            probabilities.grad,
            1e-6,
            Slope(first, 0.7, 1), Slope(first, 0.7, 0), Slope(first, 0.2, 0), 0,
            Slope(second, 0.25, 0), Slope(second, 0.25, 1), Slope(second, 0.8, 1), 0,
            0, 0, 0, 0);
    }

    [TestMethod]
    public void ACertainAnswerCostsNothingOrAll()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = tensor([0L, 1], [1, 1, 2]);
        Tensor right = tensor([1f, 0, 0, 1], [1, 2, 1, 2]);
        Assert.AreEqual(0, SoftDiceLoss.Compute(right, labels).item<float>());
        Assert.AreEqual(1, SoftDiceLoss.Compute(right.From(1), labels).item<float>());
    }

    [TestMethod]
    public void SumsAreOverTheWholeBatch()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor together = tensor([0.7f, 0.2f, 0.3f, 0.8f], [1, 2, 1, 2]);
        Tensor apart = tensor([0.7f, 0.3f, 0.2f, 0.8f], [2, 2, 1, 1]);
        Assert.AreEqual(
            SoftDiceLoss.Compute(together, tensor([0L, 1], [1, 1, 2])).item<float>(),
            SoftDiceLoss.Compute(apart, tensor([0L, 1], [2, 1, 1])).item<float>(),
            1e-7);
    }

    [TestMethod]
    public void WithoutLabelsThereIsNothingToLose()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor probabilities = tensor([0.7f, 0.3f], [1, 2, 1, 1], requires_grad: true);
        Tensor loss = SoftDiceLoss.Compute(probabilities, tensor([Ignored], [1, 1, 1]));
        loss.backward();
        Assert.AreEqual(0, loss.item<float>());
        TensorAssert.AreClose(probabilities.grad, 0, 0, 0);
    }
}
