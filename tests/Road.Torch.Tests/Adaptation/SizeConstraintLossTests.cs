using Road.Torch.Adaptation;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class SizeConstraintLossTests
{
    private const double Absent = double.NaN;

    [TestMethod]
    public void AClassAboveItsUpperBoundIsCutToIt()
    {
        // Q is 1/2, 1/2 in both pixels; of equals the first wins, so class 0 is present and class 1 is not. The nearest
        // distribution with a mean of at most 1/4 is P = 1/4, 3/4.
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = zeros([1, 2, 1, 2], requires_grad: true);

        Tensor loss = SizeConstraintLoss.Compute(logits, new ClassSizes([0.05, 0.05], [0.2, 0.2], [0.25, 0.25]));
        loss.backward();

        Assert.AreEqual((0.25 * Math.Log(0.25 / 0.5)) + (0.75 * Math.Log(0.75 / 0.5)), loss.item<float>(), 1e-5);

        // The gradient is (Q - P) / 2 pixels, channel by channel.
        TensorAssert.AreClose(logits.grad, 1e-5, 0.125, 0.125, -0.125, -0.125);
    }

    [TestMethod]
    public void ALargeClassCountsATenth()
    {
        // As above, but class 0 covers more than 0.1 of an image even in its smallest tenth.
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = SizeConstraintLoss.Compute(zeros(1, 2, 1, 2), new ClassSizes([0.2, 0.05], [0.22, 0.2], [0.25, 0.25]));

        double first = (0.25 * Math.Log(0.25 / 0.5)) - 0.25 + 0.5;
        double second = (0.75 * Math.Log(0.75 / 0.5)) - 0.75 + 0.5;
        Assert.AreEqual((0.1 * first) + second, loss.item<float>(), 1e-5);
    }

    [TestMethod]
    public void AClassBelowItsMeanShareIsRaisedToIt()
    {
        // Q(0) is 0.6 and 0.2, with odds of 3/2 and 1/4 and a mean of 0.4. Odds of 3t/2 and t/4 give a mean of 1/2 where their product is
        // 1.
        double t = Math.Sqrt(1 / (1.5 * 0.25));
        Assert.IsLessThan(Math.E, t);
        AssertRaised(0.5, 1.5 * t / (1 + (1.5 * t)), 0.25 * t / (1 + (0.25 * t)));
    }

    [TestMethod]
    public void TheLowerBoundHasSlack() =>
        AssertRaised(0.9, 1.5 * Math.E / (1 + (1.5 * Math.E)), 0.25 * Math.E / (1 + (0.25 * Math.E)));

    [TestMethod]
    public void WithinTheBoundsThereIsNoLossWhateverTheWeights()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor([1f, -1, 0.5f, 2], [1, 2, 1, 2]).requires_grad_();

        Tensor loss = SizeConstraintLoss.Compute(logits, new ClassSizes([0.2, 0.001], [0.3, 0.01], [0.9, 0.99]));
        loss.backward();

        Assert.AreEqual(0, loss.item<float>(), 1e-6);
        TensorAssert.AreClose(logits.grad, 1e-6, 0, 0, 0, 0);
    }

    [TestMethod]
    public void AClassThatIsNotPresentIsLeftAlone()
    {
        // Class 1 wins no pixel, class 0 is unknown to the source.
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = SizeConstraintLoss.Compute(zeros(2, 2, 1, 2), new ClassSizes([Absent, 0.3], [Absent, 0.4], [Absent, 0.45]));
        Assert.AreEqual(0, loss.item<float>(), 1e-6);
    }

    [TestMethod]
    public void AMeanAboveTheUpperQuantileIsNoContradiction()
    {
        // Both bounds are 1/4 then, as in the first case.
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = SizeConstraintLoss.Compute(zeros(1, 2, 1, 2), new ClassSizes([0.05, 0.05], [0.6, 0.2], [0.25, 0.25]));
        Assert.AreEqual((0.25 * Math.Log(0.5)) + (0.75 * Math.Log(1.5)), loss.item<float>(), 1e-5);
    }

    private static void AssertRaised(double bound, double first, double second)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor([(float)Math.Log(1.5), (float)Math.Log(0.25), 0, 0], [1, 2, 1, 2]).requires_grad_();

        // Class 1 wins the second pixel, but its bounds are wide.
        Tensor loss = SizeConstraintLoss.Compute(logits, new ClassSizes([0.001, 0.001], [bound, 0.01], [0.95, 0.99]));
        loss.backward();

        Assert.AreEqual((Divergence(first, 0.6) + Divergence(second, 0.2)) / 2, loss.item<float>(), 1e-5);
        double a = (0.6 - first) / 2;
        double b = (0.2 - second) / 2;
        TensorAssert.AreClose(logits.grad, 1e-5, a, b, -a, -b);
    }

    private static double Divergence(double p, double q) => (p * Math.Log(p / q)) + ((1 - p) * Math.Log((1 - p) / (1 - q)));
}
