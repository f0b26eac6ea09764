using Road.Torch.Data;
using Road.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training.Losses;

/// <summary>
/// The parts of the supervised loss and how they compose, on four pixels of two classes: the probabilities of their own classes are 3/4,
/// 1/4 and 1/2, and the last is ignored.
/// </summary>
[TestClass]
public sealed class SupervisedLossTests
{
    private const long Ignored = DecodedSample.IgnoredLabel;

    private static readonly double[] Own = [0.75, 0.25, 0.5];

    [TestMethod]
    public void WithoutOptionsItIsTheCrossEntropyToTheBit()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        Tensor values = randn([2, 5, 6, 7], generator: generator);
        Tensor labels = randint(0, 5, [2, 20, 24], ScalarType.Int64, generator: generator);
        labels.narrow(1, 3, 4).fill_(Ignored);
        Tensor plain = values.clone().requires_grad_();
        Tensor composed = values.clone().requires_grad_();

        Tensor expected = SegmentationLoss.Compute(plain, labels);
        Tensor loss = SupervisedLoss.Compute(composed, labels, new SegmentationLossOptions(), null);
        expected.backward();
        loss.backward();

        CollectionAssert.AreEqual(expected.bytes.ToArray(), loss.bytes.ToArray());
        CollectionAssert.AreEqual(plain.grad!.bytes.ToArray(), composed.grad!.bytes.ToArray());
    }

    [TestMethod]
    public void WeightsOfClassesScalePixelsAndNotTheirNumber()
    {
        // The gradient is w (p - g) / 3.
        Check(
            new SegmentationLossOptions(),
            -((2 * Math.Log(0.75)) + (0.5 * Math.Log(0.25)) + (0.5 * Math.Log(0.5))) / 3,
            [2 * (0.75 - 1) / 3, 0.5 * 0.75 / 3, 0.5 * 0.5 / 3],
            classWeights: [2, 0.5f]);
    }

    [TestMethod]
    public void TheFocalFactorLetsSurePixelsCountLess()
    {
        // d/dp of -(1 - p)^2 log p is 2 (1 - p) log p - (1 - p)^2 / p, and the probability's slope p (1 - p).
        double Slope(double p) => ((2 * (1 - p) * Math.Log(p)) - (Math.Pow(1 - p, 2) / p)) * p * (1 - p) / 3;
        Check(
            new SegmentationLossOptions { FocalGamma = 2 },
            -((0.0625 * Math.Log(0.75)) + (0.5625 * Math.Log(0.25)) + (0.25 * Math.Log(0.5))) / 3,
            [Slope(0.75), -Slope(0.25), -Slope(0.5)]);
    }

    [TestMethod]
    [DataRow(0.5)]
    [DataRow(1.0)]
    [DataRow(3.0)]
    public void TheFocalFactorIsSmoothWhereAPixelIsCertain(double gamma)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor([200f, 200, 0, 0], [1, 2, 1, 2], requires_grad: true);

        Tensor loss = SupervisedLoss.Compute(
            logits, tensor([0L, 1], [1, 1, 2]), new SegmentationLossOptions { FocalGamma = gamma }, null);
        loss.backward();

        // One pixel is right and costs nothing, the other is wrong for certain and costs as much as ever.
        Assert.AreEqual(100, loss.item<float>(), 1e-4);
        TensorAssert.AreClose(logits.grad, 1e-5, 0, 0.5, 0, -0.5);
    }

    [TestMethod]
    public void SoftenedLabelsArePartlyOfEveryClass()
    {
        // A fifth is spread, a tenth to each of two classes: the label is 0.9 and 0.1.
        double Cost(double own) => -((0.9 * Math.Log(own)) + (0.1 * Math.Log(1 - own)));
        Check(
            new SegmentationLossOptions { LabelSmoothing = 0.2 },
            Own.Average(Cost),
            [(0.75 - 0.9) / 3, (0.75 - 0.1) / 3, (0.5 - 0.1) / 3]);
    }

    [TestMethod]
    [DataRow(0.4, 0.0, 1, DisplayName = "the threshold leaves the pixel of 1/4")]
    [DataRow(0.7, 0.0, 2, DisplayName = "and here those of 1/4 and 1/2")]
    [DataRow(0.8, 0.0, 3, DisplayName = "and here all")]
    [DataRow(0.0, 1.0 / 3, 1, DisplayName = "a third of three pixels")]
    [DataRow(0.0, 0.34, 2, DisplayName = "a little more, rounded up")]
    [DataRow(0.0, 1.0, 3, DisplayName = "all by their share, the ignored one not among them")]
    [DataRow(0.4, 0.5, 2, DisplayName = "more by the share than by the threshold")]
    [DataRow(0.7, 0.01, 2, DisplayName = "more by the threshold than by the share")]
    public void OnlyHardPixelsCount(double threshold, double share, int count)
    {
        double[] costs = [-Math.Log(0.25), -Math.Log(0.5), -Math.Log(0.75)];
        double[] gradients = [0.75 / count, count > 1 ? 0.5 / count : 0, count > 2 ? -0.25 / count : 0];
        Check(
            new SegmentationLossOptions { HardPixelThreshold = threshold, HardPixelShare = share },
            costs.Take(count).Average(),
            [gradients[2], gradients[0], gradients[1]]);
    }

    [TestMethod]
    public void PixelsAsHardAsTheLastOfTheShareCountToo()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor probabilities = tensor([0.5f, 0.5f, 0.9f, 0.1f], [1, 2, 2]);
        Tensor counts = tensor([true, true, true, false], [1, 2, 2]);

        Tensor chosen = HardPixels.Choose(probabilities, counts, 0, 1.0 / 3);

        Sequence.AreEqual(chosen.data<bool>().ToArray(), true, true, false, false);
    }

    [TestMethod]
    public void NoPixelIsHardWhereAllAreSureAndNoShareIsAsked()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits();
        Tensor loss = SupervisedLoss.Compute(
            logits, Labels(), new SegmentationLossOptions { HardPixelThreshold = 0.1, HardPixelShare = 0 }, null);
        loss.backward();
        Assert.AreEqual(0, loss.item<float>());
        TensorAssert.AreClose(logits.grad, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    [TestMethod]
    public void AllPartsComposeAsTheyAreToldTo()
    {
        SegmentationLossOptions options = new()
        {
            LabelSmoothing = 0.2,
            FocalGamma = 1,
            HardPixelThreshold = 0.7,
            HardPixelShare = 0,
            DiceWeight = 0.5,
        };

        // Pixels of 1/4 and 1/2, both of class 1, whose weight is 3: w (1 - p) H, and half of the Dice loss of all three.
        double hard = 3 * 0.75 * -((0.9 * Math.Log(0.25)) + (0.1 * Math.Log(0.75)));
        double harder = 3 * 0.5 * -Math.Log(0.5);
        double dice = 1 - (1.5 / 2.375);
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = SupervisedLoss.Compute(Logits(), Labels(), options, tensor([7f, 3]));
        Assert.AreEqual(((hard + harder) / 2) + (0.5 * dice), loss.item<float>(), 1e-6);
    }

    [TestMethod]
    public void IgnoredPixelsAloneCostNothingAndMoveNothing()
    {
        SegmentationLossOptions options = new()
        {
            LabelSmoothing = 0.1,
            FocalGamma = 2,
            HardPixelThreshold = 0.7,
            DiceWeight = 1,
        };
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits();
        Tensor loss = SupervisedLoss.Compute(logits, full_like(Labels(), Ignored), options, tensor([2f, 3]));
        loss.backward();
        Assert.AreEqual(0, loss.item<float>());
        TensorAssert.AreClose(logits.grad, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    [TestMethod]
    public void LogitsAreUpsampledForEveryPart()
    {
        // Two columns, 0 and 4, become 0, 1, 3, 4; a pixel of logit x has the probability 1 / (1 + e^-x), and its cost is log(1 + e^-x).
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor([0f, 4, 0, 0], [1, 2, 1, 2]);
        Tensor labels = zeros([1, 1, 4], ScalarType.Int64);
        SegmentationLossOptions options = new() { FocalGamma = 1 };

        double expected = new double[] { 0, 1, 3, 4 }.Average(x => Math.Log(1 + Math.Exp(-x)) / (1 + Math.Exp(x)));
        Assert.AreEqual(expected, SupervisedLoss.Compute(logits, labels, options, null).item<float>(), 1e-6);
    }

    [TestMethod]
    public void ShapesThatDoNotFitAreRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        SegmentationLossOptions options = new() { FocalGamma = 1 };
        string message = Assert.ThrowsExactly<ArgumentException>(
            () => SupervisedLoss.Compute(Logits(), Labels(), options, ones(3))).Message;
        StringAssert.Contains(message, "Expected 2 weights of classes, not [3].");
        Assert.ThrowsExactly<ArgumentException>(() => SupervisedLoss.Compute(Logits(), Labels().unsqueeze(0), options, null));
        Assert.ThrowsExactly<ArgumentException>(() => SoftDiceLoss.Compute(Logits(), Labels().unsqueeze(0)));
    }

    [TestMethod]
    public void SettingsAreCheckedByName()
    {
        Refuse(() => new SegmentationLossOptions { HardPixelThreshold = 1.1 }, "HardPixelThreshold is 1.1; it must be 0 to 1.");
        Refuse(() => new SegmentationLossOptions { HardPixelShare = -1 }, "HardPixelShare is -1; it must be 0 to 1.");
        Refuse(() => new SegmentationLossOptions { FocalGamma = 11 }, "FocalGamma is 11; it must be 0 to 10.");
        Refuse(() => new SegmentationLossOptions { DiceWeight = double.NaN }, "DiceWeight is NaN; it must be 0 to 1000.");
        Refuse(
            () => new SegmentationLossOptions { LabelSmoothing = 1 }, "LabelSmoothing is 1; it must be at least 0 and less than 1.");
        SegmentationLossOptions options = new() { HardPixelThreshold = 0.5 };
        options.HardPixelThreshold = null;
        Assert.IsTrue(options.IsCrossEntropy);

        static void Refuse(Func<SegmentationLossOptions> make, string message) =>
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(make).Message, message);
    }

    /// <summary>Compares the loss of the four pixels, and the gradients of the first class's logits; the second's are opposite.</summary>
    private static void Check(SegmentationLossOptions options, double expected, double[] gradients, float[]? classWeights = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits();
        Tensor loss = SupervisedLoss.Compute(logits, Labels(), options, classWeights is null ? null : tensor(classWeights));
        loss.backward();
        Assert.AreEqual(expected, loss.item<float>(), 1e-6);
        TensorAssert.AreClose(
            logits.grad, 1e-6, [.. gradients, 0, .. gradients.Select(static gradient => -gradient), 0]);
    }

    private static Tensor Logits() =>
        tensor([MathF.Log(3), MathF.Log(3), 0, -MathF.Log(4), 0, 0, 0, 0], [1, 2, 1, 4], requires_grad: true);

    private static Tensor Labels() => tensor([0, 1, 1, Ignored], [1, 1, 4]);
}
