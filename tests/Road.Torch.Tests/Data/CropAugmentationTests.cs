using Road.Torch.Data;
using Road.Torch.Tests.Training;
using Road.Torch.Training;

namespace Road.Torch.Tests.Data;

[TestClass]
public sealed class CropAugmentationTests
{
    private static readonly DecodedSample Sample = new StripedSource(1, labelled: true, width: 24, height: 20).Sample(0);

    [TestMethod]
    public void OptionsThatAreOffLeaveTheCropAsItWas()
    {
        CropAugmentation augmentation = new RoadTrainingOptions { CropSize = 16 }.Crops.ForSource();
        Random random = new(3);
        Random same = new(3);
        for (int i = 0; i < 20; i++)
        {
            Crop expected = new RandomCrop(16).Apply(Sample, same);
            Crop actual = augmentation.Apply(Sample, random);
            Assert.AreEqual(expected.Window, actual.Window);
            CollectionAssert.AreEqual(expected.Pixels, actual.Pixels);
            CollectionAssert.AreEqual(expected.Labels, actual.Labels);
        }
    }

    [TestMethod]
    [DataRow(nameof(CropOptions.BrightnessJitter), 0.5)]
    [DataRow(nameof(CropOptions.ContrastJitter), 0.5)]
    [DataRow(nameof(CropOptions.SaturationJitter), 0.5)]
    [DataRow(nameof(CropOptions.HueJitter), 0.5)]
    [DataRow(nameof(CropOptions.GrayShare), 0.5)]
    [DataRow(nameof(CropOptions.BlurSigma), 2.0)]
    public void EachOptionChangesColoursAndNothingElse(string name, double value)
    {
        RoadTrainingOptions options = new() { CropSize = 32 };
        typeof(CropOptions).GetProperty(name)!.SetValue(options.Crops, value);
        CropAugmentation augmentation = options.Crops.ForSource();
        byte[] before = [.. Sample.Pixels];
        int changed = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            Crop expected = new RandomCrop(32).Apply(Sample, new Random(seed));
            Crop actual = augmentation.Apply(Sample, new Random(seed));
            Assert.AreEqual(expected.Window, actual.Window);
            CollectionAssert.AreEqual(expected.Labels, actual.Labels);
            changed += expected.Pixels.SequenceEqual(actual.Pixels) ? 0 : 1;
            for (int i = 0; i < 32 * 32; i++)
            {
                (double x, double y) = actual.Window.ToImage(((i % 32) + 0.5) / 32, ((i / 32) + 0.5) / 32);
                if (x < 0 || y < 0 || x >= 24 || y >= 20)
                {
                    Assert.IsTrue(actual.Pixels.AsSpan(3 * i, 3).SequenceEqual(new byte[] { 127, 127, 127 }), "padding keeps its grey");
                }
            }
        }

        Assert.IsGreaterThan(5, changed);
        CollectionAssert.AreEqual(before, Sample.Pixels);
    }

    [TestMethod]
    public void AGreyCropHasTheLuminanceInEveryColour()
    {
        // 0.299 * 10 + 0.587 * 100 + 0.114 * 200 = 84.49.
        DecodedSample sample =
            new(16, 16, [.. Enumerable.Repeat(new byte[] { 10, 100, 200 }, 16 * 16).SelectMany(static pixel => pixel)]);
        CropOptions options = new() { Size = 16, Mirror = false, GrayShare = 1 };
        CollectionAssert.AreEqual(
            Enumerable.Repeat((byte)84, 3 * 16 * 16).ToArray(), options.ForTarget().Apply(sample, new Random(1)).Pixels);

        options.GrayShare = 0.25;
        Random random = new(1);
        int grey = Enumerable.Range(0, 1000).Count(_ => options.ForSource().Apply(sample, random).Pixels[0] == 84);
        Assert.IsInRange(200, 300, grey);
    }

    [TestMethod]
    public void TheTargetMayHaveAScaleOfItsOwn()
    {
        CropOptions options = new() { Size = 16, Scale = new ScaleRange(2, 2) };
        Assert.AreEqual(options.ForSource().Apply(Sample, new Random(1)).Window, options.ForTarget().Apply(Sample, new Random(1)).Window);
        options.TargetScale = ScaleRange.None;
        Assert.AreEqual(
            new RandomCrop(16).Apply(Sample, new Random(1)).Window, options.ForTarget().Apply(Sample, new Random(1)).Window);
        Assert.AreNotEqual(
            options.ForSource().Apply(Sample, new Random(1)).Window, options.ForTarget().Apply(Sample, new Random(1)).Window);
    }

    [TestMethod]
    public void MirroringCanBeOff()
    {
        CropAugmentation augmentation = new RoadTrainingOptions { CropSize = 16, Mirror = false }.Crops.ForSource();
        Random random = new(1);
        Assert.IsTrue(Enumerable.Range(0, 40).All(_ => !augmentation.Apply(Sample, random).Window.Mirrored));
    }
}
