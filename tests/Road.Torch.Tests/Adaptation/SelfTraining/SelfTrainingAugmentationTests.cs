using Road.Torch.Adaptation;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Adaptation.SelfTraining;

/// <summary>Strong changes of colours and sharpness, worked out by hand.</summary>
[TestClass]
public sealed class SelfTrainingAugmentationTests
{
    private static readonly double[] Unchanged = [0.5, 0.5, 0.5];
    private static readonly double[] Black = [0.0, 0, 0];

    [TestMethod]
    public void BrightnessAddsAndContrastMultiplies()
    {
        using DisposeScope scope = NewDisposeScope();
        TensorAssert.AreClose(StrongAugmentation.Brighten(Color(0.5, 0.05, 0.95), 0.1), 1e-6, 0.6, 0.15, 1);
        TensorAssert.AreClose(StrongAugmentation.Brighten(Color(0.5, 0.05, 0.95), -0.1), 1e-6, 0.4, 0, 0.85);
        TensorAssert.AreClose(StrongAugmentation.ScaleContrast(Color(0.5, 0.05, 0.95), 1.2), 1e-6, 0.6, 0.06, 1);
    }

    [TestMethod]
    public void SaturationKeepsValueAndHue()
    {
        // 0.8, 0.4, 0.6 has a value of 0.8 and a saturation of 0.5. Times 1.2, the smallest channel is 0.8 (1 - 0.6) and the middle one
        // stays halfway; the saturation ends at 1.
        using DisposeScope scope = NewDisposeScope();
        TensorAssert.AreClose(StrongAugmentation.ScaleSaturation(Color(0.8, 0.4, 0.6), 1.2), 1e-6, 0.8, 0.32, 0.56);
        TensorAssert.AreClose(StrongAugmentation.ScaleSaturation(Color(0.8, 0.4, 0.6), 3), 1e-6, 0.8, 0, 0.4);
        TensorAssert.AreClose(StrongAugmentation.ScaleSaturation(Color(0.8, 0.4, 0.6), 0), 1e-6, 0.8, 0.8, 0.8);
        TensorAssert.AreClose(StrongAugmentation.ScaleSaturation(Color(0.5, 0.5, 0.5), 1.2), 1e-6, Unchanged);
        TensorAssert.AreClose(StrongAugmentation.ScaleSaturation(Color(0, 0, 0), 1.2), 1e-6, Black);
    }

    [TestMethod]
    public void AHueTurnsAroundItsCircle()
    {
        using DisposeScope scope = NewDisposeScope();
        TensorAssert.AreClose(StrongAugmentation.TurnHue(Color(1, 0, 0), 1.0 / 3), 1e-6, 0, 1, 0);
        TensorAssert.AreClose(StrongAugmentation.TurnHue(Color(1, 0, 0), -1.0 / 3), 1e-6, 0, 0, 1);
        TensorAssert.AreClose(StrongAugmentation.TurnHue(Color(0, 0.3, 0), 1.0 / 6), 1e-6, 0, 0.3, 0.3);

        // Half a sixth before red becomes half a sixth after it, on the way to yellow.
        TensorAssert.AreClose(StrongAugmentation.TurnHue(Color(0.8, 0.4, 0.6), 1.0 / 6), 1e-6, 0.8, 0.6, 0.4);
        TensorAssert.AreClose(StrongAugmentation.TurnHue(Color(0.5, 0.5, 0.5), 0.2), 1e-6, Unchanged);
        TensorAssert.AreClose(StrongAugmentation.TurnHue(Color(0, 0, 0), 0.2), 1e-6, Black);
    }

    [TestMethod]
    public void ABlurSpreadsAPixelAndKeepsTheSum()
    {
        // Of the deviation 0.5, exp(-2 k^2) at 0 and beside it: 1, 0.135335, 0.000335 and what is nothing.
        using DisposeScope scope = NewDisposeScope();
        Tensor image = zeros(1, 1, 9, 9);
        image[0, 0, 4, 4] = 1;
        Tensor blurred = StrongAugmentation.Blur(image, 0.5);

        double sum = 1 + (2 * Math.Exp(-2)) + (2 * Math.Exp(-8)) + (2 * Math.Exp(-18));
        Assert.AreEqual(1 / (sum * sum), blurred[0, 0, 4, 4].item<float>(), 1e-6);
        Assert.AreEqual(Math.Exp(-2) / (sum * sum), blurred[0, 0, 4, 5].item<float>(), 1e-6);
        Assert.AreEqual(Math.Exp(-4) / (sum * sum), blurred[0, 0, 3, 5].item<float>(), 1e-6);
        Assert.AreEqual(1, blurred.sum().item<float>(), 1e-5);
    }

    [TestMethod]
    public void BeyondItsEdgesABlurredImageIsMirrored()
    {
        // Along a row of 0, 1, 0, 0 ... the first pixel sees the 1 on both sides.
        using DisposeScope scope = NewDisposeScope();
        Tensor image = zeros(1, 1, 8, 8);
        image[0, 0, TensorIndex.Colon, 1] = 1;
        Tensor blurred = StrongAugmentation.Blur(image, 0.5);

        double sum = 1 + (2 * Math.Exp(-2)) + (2 * Math.Exp(-8)) + (2 * Math.Exp(-18));
        Assert.AreEqual(2 * Math.Exp(-2) / sum, blurred[0, 0, 0, 0].item<float>(), 1e-6);
    }

    [TestMethod]
    public void DrawsDecideForAllImagesAndAreMadeForEach()
    {
        // Colours change, sharpness does not. First image: 0.1 brighter, then 1.1 times; the second: 0.2 darker; hue and saturation of grey
        // stay. The order, drawn before, is that of the list: each place keeps its own.
        using DisposeScope scope = NewDisposeScope();
        ScriptedRandom random = new(0.21, 0.5, 0, 1, 2, 3, 0.75, 0.75, 0.5, 0.5, 0, 0.5, 0.5, 0.5);
        InputNormalization normalization = new(ChannelOrder.Rgb, 1, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]);
        Tensor images = full([2, 3, 1, 1], 0.4f);

        // 0.4 stands for 0.6: 0.7 times 1.1 is 0.77, which is 1.08; 0.4 is -0.4.
        Tensor changed = StrongAugmentation.Apply(images, normalization, random);

        TensorAssert.AreClose(changed, 1e-5, 1.08, 1.08, 1.08, -0.4, -0.4, -0.4);
        Assert.IsTrue(random.IsUsedUp);
        Tensor same = StrongAugmentation.Apply(images, normalization, new ScriptedRandom(0.2, 0.5));
        TensorAssert.AreClose(same, 0, TensorAssert.Values(images));
    }

    [TestMethod]
    public void TheOrderOfANetworksChannelsMakesNoDifference()
    {
        using DisposeScope scope = NewDisposeScope();
        InputNormalization caffe = new(ChannelOrder.Bgr, 255, [103.939, 116.779, 123.68], [1, 1, 1]);
        Tensor pixels = tensor([.. Enumerable.Range(0, 3 * 256).Select(static i => (byte)(i * 37))], [1, 16, 16, 3]);
        Tensor imageNet = StrongAugmentation.Apply(InputNormalization.ImageNet.Apply(pixels), InputNormalization.ImageNet, new Random(1));
        Tensor other = StrongAugmentation.Apply(caffe.Apply(pixels), caffe, new Random(1));

        Tensor colors = InputNormalization.ImageNet.ToRgb(imageNet);
        Assert.IsLessThan(1e-4, (colors - caffe.ToRgb(other)).abs().max().item<float>());
        Assert.IsGreaterThan(
            0.01, (colors - InputNormalization.ImageNet.ToRgb(InputNormalization.ImageNet.Apply(pixels))).abs().max().item<float>());
    }

    private static Tensor Color(double red, double green, double blue) => tensor([(float)red, (float)green, (float)blue], [1, 3, 1, 1]);
}
