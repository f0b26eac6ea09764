using Road.Torch.Adaptation;
using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Adaptation.SelfTraining;

/// <summary>How much pseudo labels count, worked out by hand.</summary>
[TestClass]
public sealed class SelfTrainingLabelTests
{
    private static readonly double[] ThreeMedians = [0.65, 0.9, 0];

    [TestMethod]
    public void AMedianIsThatOfTheClassAndOfRecentBatches()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor histogram = ConfidenceHistogram.Create(3, CPU);
        ConfidenceHistogram.Enter(histogram, 0, Row(0.555, 0.655, 0.755, 0.905), Classes(0, 0, 0, 1));
        TensorAssert.AreClose(ConfidenceHistogram.Medians(histogram), 1e-6, ThreeMedians);

        // The same step again changes nothing.
        ConfidenceHistogram.Enter(histogram, 0, Row(0.555, 0.655, 0.755, 0.905), Classes(0, 0, 0, 1));
        TensorAssert.AreClose(ConfidenceHistogram.Medians(histogram), 1e-6, ThreeMedians);

        // Of 0.55, 0.65, 0.75, 0.95 and 0.95 it is 0.75; of 0.9 and 1, which has no bin of its own, the lower one.
        ConfidenceHistogram.Enter(histogram, 1, Row(0.955, 0.955, 1), Classes(0, 0, 1));
        TensorAssert.AreClose(ConfidenceHistogram.Medians(histogram), 1e-6, 0.75, 0.9, 0);

        // Sixteen steps after the first, that is forgotten.
        ConfidenceHistogram.Enter(histogram, 16, Row(0.405), Classes(2));
        TensorAssert.AreClose(ConfidenceHistogram.Medians(histogram), 1e-6, 0.95, 0.99, 0.4);
    }

    [TestMethod]
    public void PaddingAndBordersDoNotCount()
    {
        // Two pixels of the image to one of the crop, which begins 2 pixels above an image of 4 x 8 and 2 beside it: its rows lie around
        // -1, 1, 3, 5 and its columns around -1, 1, 3, 5. The topmost pixel row and the four lowest of the image are left out.
        using DisposeScope scope = NewDisposeScope();
        CropWindow window = new(-2, -2, 8, 8, 4, 8, Mirrored: false);

        Tensor counted = CountedPixels.Of([window], 4, top: 1, bottom: 4, left: 0, right: 0, CPU);

        TensorAssert.AreClose(counted, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0);
    }

    [TestMethod]
    public void BordersOfAMirroredCropAreThoseOfItsImage()
    {
        // An image of 3 x 4 whose crop begins at its left edge and goes one pixel beyond the right one, which is on the left here.
        using DisposeScope scope = NewDisposeScope();
        CropWindow window = new(0, 0, 4, 4, 3, 4, Mirrored: true);

        Tensor counted = CountedPixels.Of([window], 4, top: 0, bottom: 3, left: 0, right: 0, CPU);

        TensorAssert.AreClose(counted, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    [TestMethod]
    public void SidesOfAnImageDoNotCountWhicheverWayItIsMirrored()
    {
        // The whole of an image of 4 x 1, whose first column and last two are left out: the second one counts, the third when mirrored.
        using DisposeScope scope = NewDisposeScope();
        CropWindow window = new(0, 0, 4, 4, 4, 1, Mirrored: false);

        Tensor counted = CountedPixels.Of(
            [window, window with { Mirrored = true }], 4, top: 0, bottom: 0, left: 1, right: 2, CPU).narrow(1, 0, 1);

        TensorAssert.AreClose(counted, 0, 0, 1, 0, 0, 0, 0, 1, 0);
    }

    [TestMethod]
    public void TheTeacherCopiesThenFollowsEverMoreSlowly()
    {
        Assert.AreEqual(0.0, MeanTeacher.Momentum(0, 0.99));
        Assert.AreEqual(0.5, MeanTeacher.Momentum(1, 0.99));
        Assert.AreEqual(0.9, MeanTeacher.Momentum(9, 0.99), 1e-12);
        Assert.AreEqual(0.99, MeanTeacher.Momentum(99, 0.99), 1e-12);
        Assert.AreEqual(0.99, MeanTeacher.Momentum(100_000, 0.99));
    }

    [TestMethod]
    public void AThingHasMostOfWhatAnActivationCovers()
    {
        // Cells of 2 x 2 pixels: three of four pixels of class 1; two of four; four of class 0, which is no thing; three of class 2.
        byte[] labels =
        [
            1, 1, 1, 1,
            1, 0, 0, 255,
            0, 0, 2, 2,
            0, 0, 255, 2,
        ];

        Sequence.AreEqual(ThingFeatureDistance.Mask(labels, 4, 2, 2, [false, true, true], 0.75), 1f, 0f, 0f, 1f);
        Sequence.AreEqual(ThingFeatureDistance.Mask(labels, 4, 2, 2, [false, true, true], 0.76), 0f, 0f, 0f, 0f);

        // Three pixels on two cells: both cover the one in the middle.
        Sequence.AreEqual(ThingFeatureDistance.Mask([1, 1, 0, 1, 1, 0, 1, 1, 0], 3, 2, 2, [false, true], 0.75), 1f, 0f, 1f, 0f);
    }

    [TestMethod]
    public void TheDistanceIsTheMeanOverThings()
    {
        // Distances of 5, 13 and 1 at three activations, of which the first two count.
        using DisposeScope scope = NewDisposeScope();
        Tensor student = tensor(new float[] { 3, 5, 1, 4, 12, 0 }, [1, 2, 1, 3], requires_grad: true);
        Tensor loss = ThingFeatureDistance.Compute(student, zeros(1, 2, 1, 3), [1, 1, 0])!;
        loss.backward();

        Assert.AreEqual(9, loss.item<float>(), 1e-6);
        TensorAssert.AreClose(student.grad, 1e-6, 0.3, 2.5 / 13, 0, 0.4, 6.0 / 13, 0);
        Assert.IsNull(ThingFeatureDistance.Compute(student, zeros(1, 2, 1, 3), [0, 0, 0]));
    }

    private static Tensor Row(params double[] values) =>
        tensor([.. values.Select(static value => (float)value)], [1, 1, values.Length]);

    private static Tensor Classes(params int[] values) =>
        tensor([.. values.Select(static value => (long)value)], [1, 1, values.Length]);
}
