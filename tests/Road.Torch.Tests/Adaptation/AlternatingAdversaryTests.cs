using Road.Torch.Adaptation;
using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Adaptation;

/// <summary>
/// Label inversion and confusion: one region whose classifier turns a positive x into the logit 2x - 3, source 0, target 1.
/// </summary>
[TestClass]
public sealed class AlternatingAdversaryTests
{
    private static readonly CropWindow Whole = new(0, 0, 100, 50, 100, 50, Mirrored: false);

    // Source activations 1 and 2 have the logits -1 and 1, target activations 3 and 0.5 the logits 3 and -2.
    private static readonly float[] Activations = [1, 2, 3, 0.5f];

    [TestMethod]
    public void ClassifiersMinimiseTheTrueLabelsAndFeaturesTheInvertedOnes()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Line();

        (Tensor own, Tensor features) = Losses(adaptation, tensor(Activations, [2, 1, 1, 2]), FeatureObjective.InvertedLabels);

        Assert.AreEqual((Softplus(-1) + Softplus(1) + Softplus(-3) + Softplus(2)) / 4, own.item<float>(), 1e-6);
        Assert.AreEqual((Softplus(1) + Softplus(-1) + Softplus(3) + Softplus(-2)) / 4, features.item<float>(), 1e-6);
    }

    [TestMethod]
    public void TheFeaturesGetTheGradientOfTheInvertedLabels()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Line();
        Tensor map = tensor(Activations, [2, 1, 1, 2], requires_grad: true);

        (Tensor own, Tensor features) = Losses(adaptation, map, FeatureObjective.InvertedLabels);
        own.Plus(features).backward();

        // Against label 1 the loss is log(1 + e^-z), whose derivative is -s(-z); against label 0, s(z). dz/dx is 2, the mean is over 4.
        TensorAssert.AreClose(map.grad, 1e-6, -Sigmoid(1) / 2, -Sigmoid(-1) / 2, Sigmoid(3) / 2, Sigmoid(-2) / 2);
    }

    [TestMethod]
    public void ConfusionIsLeastWhereTheClassifierCannotTell()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Line();
        Tensor map = tensor([1f, 2, 3, 1.5f], [2, 1, 1, 2], requires_grad: true);

        (_, Tensor features) = Losses(adaptation, map, FeatureObjective.Confusion);
        features.backward();

        // Whatever the label, the loss is the mean of both cross-entropies, and its derivative s(z) - 1/2; at 1.5 the logit is 0.
        double[] logits = [-1, 1, 3, 0];
        Assert.AreEqual(logits.Sum(z => (Softplus(z) + Softplus(-z)) / 2) / 4, features.item<float>(), 1e-6);
        TensorAssert.AreClose(map.grad, 1e-6, [.. logits.Select(z => (Sigmoid(z) - 0.5) / 2)]);
    }

    [TestMethod]
    [DataRow("InvertedLabels")]
    [DataRow("Confusion")]
    public void TheClassifiersLearnFromTheirOwnLossOnly(string objective)
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Line();
        (Tensor own, Tensor features) = Losses(
            adaptation, tensor(Activations, [2, 1, 1, 2], requires_grad: true), Enum.Parse<FeatureObjective>(objective));
        features.backward();
        Assert.IsTrue(adaptation.parameters().All(static parameter => parameter.grad is null));
        own.backward();
        double[][] alternating = Gradients(adaptation);

        using SpatialAdaptation reversed = Line();
        reversed.Loss(tensor(Activations, [2, 1, 1, 2]), [Whole, Whole], 1, 1)!.backward();

        Assert.AreEqual(
            string.Join(' ', Gradients(reversed).SelectMany(static g => g)), string.Join(' ', alternating.SelectMany(static g => g)));
    }

    [TestMethod]
    public void WithoutAnActivationInAnyRegionThereIsNoLoss()
    {
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation adaptation = Line();
        CropWindow padding = Whole with { X = -100 };
        Assert.IsNull(adaptation.AlternatingLosses(ones(2, 1, 1, 2), [padding, padding], 1, FeatureObjective.InvertedLabels));
    }

    private static (Tensor Own, Tensor Features) Losses(SpatialAdaptation adaptation, Tensor map, FeatureObjective objective) =>
        adaptation.AlternatingLosses(map, [Whole, Whole], 1, objective)!.Value;

    private static double[][] Gradients(SpatialAdaptation adaptation) =>
        [.. adaptation.parameters().Select(static parameter => TensorAssert.Values(parameter.grad!))];

    private static SpatialAdaptation Line()
    {
        SpatialAdaptation adaptation = new(1, new RegionGrid(1, 1));
        Dictionary<string, TorchSharp.Modules.Parameter> parameters = adaptation.named_parameters().ToDictionary(
            pair => pair.name, pair => pair.parameter);
        using IDisposable noGradient = no_grad();
        foreach (TorchSharp.Modules.Parameter parameter in parameters.Values)
        {
            parameter.zero_();
        }

        // One hidden unit passes x on.
        parameters["classifiers.0.0.weight"][0, 0].fill_(1);
        parameters["classifiers.0.2.weight"][0, 0].fill_(2);
        parameters["classifiers.0.2.bias"].fill_(-3);
        return adaptation;
    }

    /// <summary>The cross-entropy of a logit x against label 0; that against label 1 is Softplus(-x).</summary>
    private static double Softplus(double x) => Math.Log(1 + Math.Exp(x));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
