using Road.Torch.Adaptation;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class DistillationLossTests
{
    [TestMethod]
    public void LossIsTheMeanOfTheChannelWiseDistances()
    {
        using DisposeScope scope = NewDisposeScope();

        // Two channels, four positions: differences (3, 4), (0, 0), (-5, 12) and (0, 1).
        Tensor student = tensor([4f, 1, 0, 2, 6, 1, 13, 4], [1, 2, 2, 2]);
        Tensor teacher = tensor([1f, 1, 5, 2, 2, 1, 1, 3], [1, 2, 2, 2]);

        Assert.AreEqual((5 + 0 + 13 + 1) / 4.0, DistillationLoss.Compute(student, teacher).item<float>(), 1e-6);
    }

    [TestMethod]
    public void ImagesOfABatchCountAlike()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = tensor([3f, 4, 0, 0, 0, 0, 5, 12], [2, 2, 1, 2]);

        // Channel 0 of the first image is (3, 4), so its two distances are 3 and 4; the second's are 5 and 12.
        Assert.AreEqual((3 + 4 + 5 + 12) / 4.0, DistillationLoss.Compute(student, zeros_like(student)).item<float>(), 1e-6);
    }

    [TestMethod]
    public void GradientIsTheUnitVectorOverTheCountAndZeroWhereTheMapsAgree()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = tensor([4f, 7, 6, -2], [1, 2, 1, 2], requires_grad: true);
        Tensor teacher = tensor([1f, 7, 2, -2], [1, 2, 1, 2], requires_grad: true);

        DistillationLoss.Compute(student, teacher).backward();

        // The first position differs by (3, 4), of unit vector (0.6, 0.8); there are two positions.
        TensorAssert.AreClose(student.grad, 1e-7, 0.3, 0, 0.4, 0);
        Assert.IsNull(teacher.grad);
    }

    [TestMethod]
    public void EqualMapsGiveNoLossAndNoGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = ones([2, 3, 2, 2], requires_grad: true);

        Tensor loss = DistillationLoss.Compute(student, ones(2, 3, 2, 2));
        loss.backward();

        Assert.AreEqual(0f, loss.item<float>());
        TensorAssert.AreClose(student.grad, 0, new double[24]);
    }

    [TestMethod]
    public void MapsOfDifferentShapesAreRefused()
    {
        using DisposeScope scope = NewDisposeScope();

        string message = Assert.ThrowsExactly<ArgumentException>(
            () => DistillationLoss.Compute(zeros(1, 2, 3, 4), zeros(1, 2, 3, 5))).Message;

        StringAssert.Contains(message, "1 x 2 x 3 x 4");
        StringAssert.Contains(message, "1 x 2 x 3 x 5");
        Assert.ThrowsExactly<ArgumentException>(() => DistillationLoss.Compute(zeros(2, 3, 4), zeros(2, 3, 4)));
    }
}
