using Road.Torch.Adaptation;
using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class SpatialAdaptationTests
{
    private static readonly CropWindow Whole = new(0, 0, 100, 50, 100, 50, Mirrored: false);
    private static readonly CropWindow LeftHalf = Whole with { Width = 50 };
    private static readonly CropWindow Padding = Whole with { X = -100 };

    [TestMethod]
    public void LossIsTheSumOverRegionsOfTheMeanCrossEntropy()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Halves();

        // A source image, then a target image that is mirrored: its first activation lies in the right half.
        Tensor features = tensor([1f, 2, 3, 4], [2, 1, 1, 2]);
        Tensor loss = adaptation.Loss(features, [Whole, Whole with { Mirrored = true }], 1, 1)!;

        // Logits are 2x + 0.5 on the left, -x + 0.25 on the right; source is 0, target 1.
        double left = (Softplus(2.5) + Softplus(-8.5)) / 2;
        double right = (Softplus(-1.75) + Softplus(2.75)) / 2;
        Assert.AreEqual(left + right, loss.item<float>(), 1e-6);
    }

    [TestMethod]
    public void ARegionsMeanCountsBothDomainsActivationsAlike()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Halves();

        // Of the target image one activation lies in the left half, the other in padding.
        Tensor features = tensor([1f, 2, 3, 4], [2, 1, 1, 2]);
        Tensor loss = adaptation.Loss(features, [LeftHalf, new CropWindow(-50, 0, 100, 50, 100, 50, false)], 1, 1)!;

        Assert.AreEqual((Softplus(2.5) + Softplus(4.5) + Softplus(-8.5)) / 3, loss.item<float>(), 1e-6);
    }

    [TestMethod]
    public void ActivationsTrainTheirOwnRegionsClassifierOnly()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Halves();

        Tensor loss = adaptation.Loss(tensor([1f, 2, 3, 4], [2, 1, 1, 2]), [LeftHalf, LeftHalf], 1, 1)!;
        loss.backward();

        foreach ((string name, TorchSharp.Modules.Parameter parameter) in adaptation.named_parameters())
        {
            bool trained = parameter.grad is not null && parameter.grad.abs().sum().item<float>() > 0;
            Assert.AreEqual(name.StartsWith("classifiers.0.", StringComparison.Ordinal), trained, name);
        }
    }

    [TestMethod]
    public void RegionsThatTheBatchDoesNotReachAreLeftOut()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Halves();
        Tensor features = tensor([1f, 2, 3, 4], [2, 1, 1, 2], requires_grad: true);

        // The source image lies in padding altogether, the target image in the left half.
        Tensor loss = adaptation.Loss(features, [Padding, LeftHalf], 1, 1)!;
        loss.backward();

        Assert.AreEqual((Softplus(-6.5) + Softplus(-8.5)) / 2, loss.item<float>(), 1e-6);
        Assert.IsTrue(features.grad!.isfinite().all().item<bool>());
        Sequence.AreEqual(TensorAssert.Values(features.grad).Take(2), 0, 0);
    }

    [TestMethod]
    public void WithoutAnActivationInAnyRegionThereIsNoLoss()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Halves();
        Assert.IsNull(adaptation.Loss(ones(2, 1, 1, 2), [Padding, Padding], 1, 1));
    }

    [TestMethod]
    [DataRow(0.5)]
    [DataRow(2.0)]
    public void TheFeaturesGetTheNumericalGradientTimesMinusReversal(double reversal)
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = new(2, new RegionGrid(2, 2));
        using Generator generator = new(5, CPU);
        adaptation.InitializeWeights(generator);
        using (no_grad())
        {
            // The starting weights are too small for differences in single precision.
            foreach (TorchSharp.Modules.Parameter parameter in adaptation.parameters())
            {
                parameter.mul_(20);
            }
        }

        CropWindow[] windows = [Whole, new(20, 10, 60, 40, 100, 50, Mirrored: true)];
        Tensor features = randn([2, 2, 2, 2], generator: generator).requires_grad_();
        adaptation.Loss(features, windows, 1, reversal)!.backward();

        double[] values = TensorAssert.Values(features);

        // Small, since the hidden units' kinks lie close; not smaller, since the loss is single precision.
        const double Step = 0.002;
        double[] expected = [.. values.Select((_, i) => -reversal * (At(i, Step) - At(i, -Step)) / (2 * Step))];
        Assert.IsGreaterThan(0.05, expected.Average(Math.Abs) / reversal);
        TensorAssert.AreClose(features.grad, 0.002 * reversal, expected);

        double At(int index, double step)
        {
            using DisposeScope inner = NewDisposeScope();
            float[] shifted = [.. values.Select((value, i) => (float)(i == index ? value + step : value))];
            return adaptation.Loss(tensor(shifted, [2, 2, 2, 2]), windows, 1, reversal)!.item<float>();
        }
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(3, 3)]
    public void AtChanceTheLossIsLogTwoARegion(int rows, int columns)
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = new(4, new RegionGrid(rows, columns));
        SetAll(adaptation, 0);

        float loss = adaptation.Loss(randn(2, 4, 6, 6), [Whole, Whole with { Mirrored = true }], 1, 1)!.item<float>();

        Assert.AreEqual(rows * columns * Math.Log(2), loss, 1e-5);
    }

    [TestMethod]
    public void InitialWeightsHangOnTheGeneratorAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        double[][] weights = [.. new ulong[] { 1, 1, 2 }.Select(seed =>
        {
            using SpatialAdaptation adaptation = new(3, new RegionGrid(1, 2));
            using Generator generator = new(seed, CPU);
            adaptation.InitializeWeights(generator);
            return adaptation.parameters().SelectMany(TensorAssert.Values).ToArray();
        })];

        CollectionAssert.AreEqual(weights[0], weights[1]);
        CollectionAssert.AreNotEqual(weights[0], weights[2]);
    }

    [TestMethod]
    public void ArgumentsThatDoNotFitAreRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Halves();
        Tensor features = ones(2, 1, 1, 2);

        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(
                () => adaptation.Loss(features, [Whole], 1, 1)).Message, "N = 1 windows, not [2 x 1 x 1 x 2]");
        Assert.ThrowsExactly<ArgumentException>(() => adaptation.Loss(ones(2, 1, 2), [Whole, Whole], 1, 1));
        Assert.AreEqual(
            "sourceCount", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => adaptation.Loss(features, [Whole, Whole], -1, 1)).ParamName);
        Assert.AreEqual(
            "sourceCount", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => adaptation.Loss(features, [Whole, Whole], 3, 1)).ParamName);
        Assert.AreEqual(
            "reversal", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => adaptation.Loss(features, [Whole, Whole], 1, -1)).ParamName);
        Assert.AreEqual(
            "channels", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => new SpatialAdaptation(0, new RegionGrid(1, 1)).Dispose()).ParamName);
    }

    /// <summary>Two regions, left and right, of known classifiers: positive x to 2x + 0.5, and to -x + 0.25.</summary>
    private static SpatialAdaptation Halves()
    {
        SpatialAdaptation adaptation = new(1, new RegionGrid(1, 2));
        SetAll(adaptation, 0);
        (double Weight, double Bias)[] logits = [(2, 0.5), (-1, 0.25)];
        Dictionary<string, TorchSharp.Modules.Parameter> parameters = adaptation.named_parameters().ToDictionary(
            pair => pair.name, pair => pair.parameter);
        using IDisposable noGradient = no_grad();
        for (int region = 0; region < logits.Length; region++)
        {
            // One hidden unit passes x on.
            parameters[$"classifiers.{region}.0.weight"][0, 0].fill_(1);
            parameters[$"classifiers.{region}.2.weight"][0, 0].fill_(logits[region].Weight);
            parameters[$"classifiers.{region}.2.bias"].fill_(logits[region].Bias);
        }

        return adaptation;
    }

    private static void SetAll(SpatialAdaptation adaptation, double value)
    {
        using IDisposable noGradient = no_grad();
        foreach (TorchSharp.Modules.Parameter parameter in adaptation.parameters())
        {
            parameter.fill_(value);
        }
    }

    /// <summary>The cross-entropy of a logit x against label 0; that against label 1 is Softplus(-x).</summary>
    private static double Softplus(double x) => Math.Log(1 + Math.Exp(x));
}
