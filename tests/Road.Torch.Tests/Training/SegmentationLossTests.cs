using Road.Torch.Data;
using Road.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class SegmentationLossTests
{
    private const long Ignored = DecodedSample.IgnoredLabel;

    [TestMethod]
    public void LossIsTheMeanCrossEntropyOverLabelledPixels()
    {
        using DisposeScope scope = NewDisposeScope();

        // Logits (ln 3, 0) are probabilities (3/4, 1/4) at every pixel.
        Tensor logits = tensor([MathF.Log(3), 0], [1, 2, 1, 1]);
        Tensor labels = tensor([0, 0, 1, Ignored], [1, 2, 2]);

        Assert.AreEqual(-((2 * Math.Log(0.75)) + Math.Log(0.25)) / 3, SegmentationLoss.Compute(logits, labels).item<float>(), 1e-6);
    }

    [TestMethod]
    public void LogitsAreUpsampledBilinearlyBetweenPixelCentres()
    {
        using DisposeScope scope = NewDisposeScope();

        // Two columns, 0 and 4, become 0, 1, 3, 4: the outer pixels' centres lie beyond the logits' own.
        Tensor logits = tensor([0f, 4, 0, 0], [1, 2, 1, 2]);
        Tensor labels = zeros([1, 1, 4], ScalarType.Int64);

        double expected = new double[] { 0, 1, 3, 4 }.Average(x => Math.Log(1 + Math.Exp(-x)));
        Assert.AreEqual(expected, SegmentationLoss.Compute(logits, labels).item<float>(), 1e-6);
    }

    [TestMethod]
    public void PixelsOfAllImagesWeighTheSame()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = stack([tensor([0f, 0, 0, 0], [2, 1, 2]), tensor([MathF.Log(3), MathF.Log(3), 0, 0], [2, 1, 2])]);
        Tensor labels = tensor([0, Ignored, 0, 0], [2, 1, 2]);

        Assert.AreEqual(-(Math.Log(0.5) + (2 * Math.Log(0.75))) / 3, SegmentationLoss.Compute(logits, labels).item<float>(), 1e-6);
    }

    [TestMethod]
    public void IgnoredPixelsGetNoGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor([MathF.Log(3), 5, 0, 7], [1, 2, 1, 2], requires_grad: true);

        SegmentationLoss.Compute(logits, tensor([1, Ignored], [1, 1, 2])).backward();

        // The labelled pixel's gradient is its probabilities less the one-hot label.
        TensorAssert.AreClose(logits.grad, 1e-6, 0.75, 0, -0.75, 0);
    }

    [TestMethod]
    public void ShapesThatDoNotFitAreRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = zeros([2, 4, 4], ScalarType.Int64);

        string message = Assert.ThrowsExactly<ArgumentException>(() => SegmentationLoss.Compute(zeros(3, 2, 1, 1), labels)).Message;

        StringAssert.Contains(message, "3 x 2 x 1 x 1");
        StringAssert.Contains(message, "2 x 4 x 4");
        Assert.ThrowsExactly<ArgumentException>(() => SegmentationLoss.Compute(zeros(2, 2, 1), labels));
        Assert.ThrowsExactly<ArgumentException>(() => SegmentationLoss.Compute(zeros(2, 2, 1, 1), labels.unsqueeze(1)));
    }

    [TestMethod]
    public void WeightsScalePixelsAndNotTheirNumber()
    {
        // Each cross-entropy is log 2; of four pixels one is ignored.
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = tensor(new long[] { 0, 1, 255, 0 }, [1, 2, 2]);
        Tensor weights = tensor(new[] { 1f, 0.5f, 1f, 0f }, [1, 2, 2]);

        Assert.AreEqual(1.5 * Math.Log(2) / 3, SegmentationLoss.Compute(zeros(1, 2, 2, 2), labels, weights).item<float>(), 1e-6);
        Assert.AreEqual(0, SegmentationLoss.Compute(zeros(1, 2, 2, 2), full_like(labels, 255), weights).item<float>());
        Assert.ThrowsExactly<ArgumentException>(() => SegmentationLoss.Compute(zeros(1, 2, 2, 2), labels, weights.view(1, 4, 1)));
    }
}
