using Road.Torch.Scoring;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Scoring;

[TestClass]
public sealed class BilinearArgmaxTests
{
    [TestMethod]
    [DataRow(2, 1, 1, 3, 4)]
    [DataRow(5, 6, 7, 48, 56)]
    [DataRow(19, 17, 9, 131, 67)]
    [DataRow(254, 5, 5, 11, 20)]
    [DataRow(3, 20, 30, 10, 7)]
    [DataRow(4, 12, 12, 12, 12)]
    public void TheClassIsThatOfTorchsUpsampledLogits(int classes, int height, int width, int outputHeight, int outputWidth)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(7);
        Tensor logits = randn([1, classes, height, width], generator: generator);

        byte[] labels = BilinearArgmax.Choose(logits.data<float>().ToArray(), classes, height, width, outputHeight, outputWidth);

        Tensor upsampled = nn.functional.interpolate(
            logits, [outputHeight, outputWidth], mode: InterpolationMode.Bilinear, align_corners: false)[0];
        Tensor chosen = tensor(labels, [1, outputHeight, outputWidth]).to(ScalarType.Int64);
        Tensor loss = upsampled.amax([0]) - upsampled.gather(0, chosen)[0];

        // Both round, each in its own way; a choice may differ only between classes that tie within that.
        Assert.IsLessThan(1e-5f, loss.max().item<float>());
    }

    [TestMethod]
    [DataRow(2, 1, 1, 3, 4)]
    [DataRow(19, 17, 9, 131, 67)]
    [DataRow(3, 20, 30, 10, 7)]
    [DataRow(4, 12, 12, 12, 12)]
    public void TheConfidenceIsTheLargestOfTorchsProbabilities(int classes, int height, int width, int outputHeight, int outputWidth)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(7);
        Tensor logits = randn([1, classes, height, width], generator: generator).mul(4);
        float[] values = logits.data<float>().ToArray();
        float[] confidences = new float[outputHeight * outputWidth];
        float[] largest = new float[confidences.Length];

        byte[] labels = BilinearArgmax.Choose(values, classes, height, width, outputHeight, outputWidth, confidences);
        BilinearArgmax.Choose(values, classes, height, width, outputHeight, outputWidth, largest, areProbabilities: true);

        CollectionAssert.AreEqual(labels, BilinearArgmax.Choose(values, classes, height, width, outputHeight, outputWidth));
        Tensor upsampled = nn.functional.interpolate(
            logits, [outputHeight, outputWidth], mode: InterpolationMode.Bilinear, align_corners: false);
        AssertClose(upsampled.softmax(1).amax([1]), confidences);
        AssertClose(upsampled.amax([1]), largest);

        static void AssertClose(Tensor expected, float[] actual)
        {
            // Logits of ten and more round, before and in the interpolation, each side in its own way.
            Assert.IsLessThan(5e-5f, expected.flatten().sub(tensor(actual)).abs().max().item<float>());
        }
    }

    [TestMethod]
    public void OfEqualLogitsTheFirstClassIsChosen()
    {
        byte[] labels = BilinearArgmax.Choose(new float[3 * 4], 3, 2, 2, 9, 9);

        CollectionAssert.AreEqual(new byte[81], labels);
    }
}
