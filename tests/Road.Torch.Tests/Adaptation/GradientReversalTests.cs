using System.Runtime.InteropServices;
using Road.Torch.Adaptation;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Adaptation;

[TestClass]
public sealed class GradientReversalTests
{
    private static readonly float[] Awkward =
        [0f, -0f, 1f, -1f, 1e-38f, float.Epsilon, 0.1f, 16777217f, 3e38f, float.MinValue, float.MaxValue];

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.01)]
    [DataRow(1.0)]
    [DataRow(1000.0)]
    public void ValuesPassUnchangedToTheBit(double strength)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = tensor(Awkward, requires_grad: true);

        Tensor output = GradientReversal.Apply(input, strength);

        CollectionAssert.AreEqual(
            MemoryMarshal.Cast<float, int>(Awkward).ToArray(),
            MemoryMarshal.Cast<float, int>(output.detach().data<float>().ToArray()).ToArray());
    }

    [TestMethod]
    [DataRow(0.25)]
    [DataRow(1.0)]
    [DataRow(3.0)]
    public void GradientIsTheNumericalOneTimesMinusStrength(double strength)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = tensor([0.3, -0.8, 1.2, 0.5, -0.1, 0.9], [3, 2], requires_grad: true);

        DomainLoss(GradientReversal.Apply(features, strength)).backward();

        double[] values = TensorAssert.Values(features);
        double[] numerical = [.. values.Select((_, i) => (Shifted(values, i, 1e-5) - Shifted(values, i, -1e-5)) / 2e-5)];
        Assert.IsTrue(numerical.All(slope => Math.Abs(slope) > 1e-3));
        TensorAssert.AreClose(features.grad, 1e-8, [.. numerical.Select(slope => -strength * slope)]);
    }

    [TestMethod]
    public void StrengthZeroStopsTheGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = ones([3, 2], ScalarType.Float64, requires_grad: true);

        DomainLoss(GradientReversal.Apply(features, 0)).backward();

        TensorAssert.AreClose(features.grad, 0, new double[6]);
    }

    [TestMethod]
    [DataRow(-0.1)]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void StrengthOutOfRangeIsRefused(double strength)
    {
        using DisposeScope scope = NewDisposeScope();
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => GradientReversal.Apply(ones(1), strength));
        Assert.AreEqual("strength", error.ParamName);
        Assert.AreEqual(strength, error.ActualValue);
    }

    private static double Shifted(double[] values, int index, double step)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] shifted = [.. values];
        shifted[index] += step;
        return DomainLoss(GradientReversal.Apply(tensor(shifted, [3, 2]), 1)).item<double>();
    }

    /// <summary>A small classifier of the domain: a hidden layer, a logit, cross-entropy.</summary>
    private static Tensor DomainLoss(Tensor features)
    {
        Tensor hidden = features.matmul(tensor([0.7, -0.4, 0.2, 1.1], [2, 2])).tanh();
        Tensor logits = hidden.matmul(tensor([1.5, -0.9], [2, 1])).squeeze(1);
        return nn.functional.binary_cross_entropy_with_logits(logits, tensor([0.0, 1, 1]));
    }
}
