using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Networks;

/// <summary>
/// Runs networks and losses on the meta device, which holds shapes and no values: a tensor that is made on the CPU, where it
/// should follow its input's device, ends such a run as it would on a GPU.
/// </summary>
[TestClass]
public sealed class MetaDeviceTests
{
    [TestMethod]
    [DataRow("deeplab-squeezenet1_1", 40)]
    [DataRow("deeplab-vgg16", 40)]
    [DataRow("deeplab-resnet50", 41)]
    [DataRow("dilatednet-vgg16", 40)]
    [DataRow("fcn8s-vgg16", 320)]
    public void NetworksStayOnTheirInputsDevice(string name, int mapSize)
    {
        using DisposeScope scope = NewDisposeScope();
        using SegmentationNetwork network = SegmentationNetworks.Get(name).Create(19);
        network.to(META);
        network.eval();

        // PSPNet is not here, since libtorch's adaptive pooling has no meta kernel at all.
        // libtorch's convolution has no meta kernel of its own, but infers the shape where the batch is empty.
        Tensor logits = network.call(zeros([0, 3, 321, 321], device: META));

        TensorAssert.HasShape(logits, 0, 19, mapSize, mapSize);
        Assert.AreEqual(DeviceType.META, logits.device_type);
    }

    [TestMethod]
    public void LossesStayOnTheirInputsDevice()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = zeros([4, 512, 40, 40], device: META, requires_grad: true);
        using SpatialAdaptation spatial = new(512, new RegionGrid(3, 3));
        spatial.to(META);
        CropWindow window = new(100, 200, 321, 321, 1914, 1052, Mirrored: true);

        Tensor[] losses =
        [
            SegmentationLoss.Compute(zeros([4, 19, 40, 40], device: META), zeros([4, 321, 321], ScalarType.Int64, META)),
            DistillationLoss.Compute(features, zeros([4, 512, 40, 40], device: META)),
            spatial.Loss(features, [window, window, window, window with { X = 1500 }], 2, 0.01)!,
            spatial.AlternatingLosses(features, [window, window, window, window], 2, FeatureObjective.InvertedLabels)!.Value.Features,
            spatial.AlternatingLosses(features, [window, window, window, window], 2, FeatureObjective.Confusion)!.Value.Features,
            SizeConstraintLoss.Compute(
                zeros([2, 3, 40, 40], device: META), new ClassSizes(
                    [0.1, 0.2, double.NaN], [0.1, 0.2, double.NaN], [0.1, 0.2, double.NaN])),
            LabelDistributionLoss.Compute(
                zeros([2, 5, 3], device: META),
                LabelDistributionLoss.Predict(zeros([2, 3, 40, 40], device: META), zeros([2, 5, 1600], device: META)),
                zeros([2, 5], device: META)),
            SegmentationLoss.Compute(
                zeros([4, 19, 40, 40], device: META), zeros([4, 321, 321], ScalarType.Int64, META), zeros([4, 321, 321], device: META)),
            SupervisedLoss.Compute(
                zeros([4, 19, 40, 40], device: META),
                zeros([4, 321, 321], ScalarType.Int64, META),
                new SegmentationLossOptions { HardPixelThreshold = 0.7, FocalGamma = 2, DiceWeight = 1, LabelSmoothing = 0.1 },
                zeros([19], device: META)),
            SoftDiceLoss.Compute(zeros([4, 19, 32, 32], device: META), zeros([4, 32, 32], ScalarType.Int64, META)),
            ThingFeatureDistance.Compute(features, zeros([4, 512, 40, 40], device: META), [.. Enumerable.Repeat(1f, 4 * 40 * 40)])!,
        ];

        foreach (Tensor loss in losses)
        {
            Assert.AreEqual(0, loss.dim());
            Assert.AreEqual(DeviceType.META, loss.device_type);
        }
    }

    [TestMethod]
    public void AFittedRegressionStaysOnItsDatasDevice()
    {
        using DisposeScope scope = NewDisposeScope();
        using SoftmaxRegression model = SoftmaxRegression.Fit(zeros([6, 4], device: META), zeros([6, 3], device: META), 0.01, 3);
        Assert.AreEqual(DeviceType.META, model.Predict(zeros([5, 4], device: META)).device_type);
    }

    [TestMethod]
    public void PseudoLabelsAndStrongChangesStayOnTheirDevice()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor histogram = ConfidenceHistogram.Create(3, META);
        ConfidenceHistogram.Enter(histogram, 5, zeros([2, 8, 8], device: META), zeros([2, 8, 8], ScalarType.Int64, META));
        Tensor[] made =
        [
            ConfidenceHistogram.Medians(histogram),
            CountedPixels.Of([new CropWindow(0, 0, 8, 8, 8, 8, Mirrored: false)], 8, 1, 1, 1, 1, META),
            StrongAugmentation.ScaleSaturation(zeros([1, 3, 8, 8], device: META), 1.1),
            InputNormalization.ImageNet.FromRgb(InputNormalization.ImageNet.ToRgb(zeros([2, 3, 8, 8], device: META))),
        ];
        Assert.IsTrue(made.All(static tensor => tensor.device_type == DeviceType.META));
    }

    [TestMethod]
    public void InputsInCaffesOrderStayOnTheirDevice()
    {
        using DisposeScope scope = NewDisposeScope();
        InputNormalization caffe = new(ChannelOrder.Bgr, 255, [103.939, 116.779, 123.68], [1, 1, 1]);

        Tensor images = caffe.Apply(zeros([1, 8, 6, 3], ScalarType.Byte, META));

        TensorAssert.HasShape(images, 1, 3, 8, 6);
        Assert.AreEqual(DeviceType.META, images.device_type);
    }

    [TestMethod]
    public void AMixOfDevicesIsNoticed()
    {
        // What the tests above rest on.
        using DisposeScope scope = NewDisposeScope();
        Assert.Throws<Exception>(() => DistillationLoss.Compute(zeros([1, 2, 3, 3], device: META), zeros(1, 2, 3, 3)));
    }
}
