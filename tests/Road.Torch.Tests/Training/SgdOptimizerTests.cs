using Road.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class SgdOptimizerTests
{
    [TestMethod]
    public void ThreeStepsFollowTheRecurrence()
    {
        using Linear layer = nn.Linear(1, 1, hasBias: false);
        using SgdOptimizer optimizer = Create(0.5, 0.1);
        optimizer.Add(layer.parameters(), rateMultiplier: 2);
        using DisposeScope scope = NewDisposeScope();
        using (no_grad())
        {
            layer.weight.fill_(1);
        }

        double weight = 1;
        double velocity = 0;
        for (int step = 0; step < 3; step++)
        {
            optimizer.ClearGradients();
            layer.call(tensor(new float[,] { { 3 } })).sum().backward();
            optimizer.Step(0.01);

            velocity = (0.5 * velocity) + 3 + (0.1 * weight);
            weight -= 0.01 * 2 * velocity;
            Assert.AreEqual(weight, layer.weight.item<float>(), 1e-6, $"step {step}");
        }
    }

    [TestMethod]
    public void StepsAgreeWithTorchsOwnOptimizer()
    {
        using DisposeScope scope = NewDisposeScope();
        using Sequential ours = Model();
        using Sequential theirs = Model();
        using SgdOptimizer optimizer = Create(0.9, 5e-4);
        optimizer.Add(ours.parameters());
        using optim.Optimizer reference = optim.SGD(theirs.parameters(), 0.05, 0.9, 0, 5e-4);
        Tensor input = linspace(-1, 1, 12).view(3, 4);
        for (int step = 0; step < 5; step++)
        {
            optimizer.ClearGradients();
            ours.call(input).square().mean().backward();
            optimizer.Step(0.05);
            reference.zero_grad();
            theirs.call(input).square().mean().backward();
            reference.step();
        }

        foreach ((Parameter a, Parameter b) in ours.parameters().Zip(theirs.parameters()))
        {
            Assert.IsTrue(allclose(a, b, rtol: 1e-5, atol: 1e-7));
        }
    }

    [TestMethod]
    public void ALongGradientIsScaledDownGroupByGroup()
    {
        using Linear layer = nn.Linear(2, 1);
        using SgdOptimizer optimizer = Create(0, 0, 1);
        optimizer.Add([(Parameter)layer.weight]);
        optimizer.Add([(Parameter)layer.bias!]);
        using DisposeScope scope = NewDisposeScope();
        float[] weights = layer.weight.data<float>().ToArray();
        float bias = layer.bias!.item<float>();

        // The weights' gradient is (6, 8), of norm 10; the bias's is 2, of norm 2.
        layer.call(tensor(new float[,] { { 3, 4 }, { 3, 4 } })).sum().backward();
        optimizer.Step(1);

        Assert.AreEqual(weights[0] - 0.6, layer.weight.data<float>()[0], 1e-6);
        Assert.AreEqual(weights[1] - 0.8, layer.weight.data<float>()[1], 1e-6);
        Assert.AreEqual(bias - 1, layer.bias!.item<float>(), 1e-6);
    }

    [TestMethod]
    public void AShortGradientIsLeftAlone()
    {
        using Linear layer = nn.Linear(1, 1, hasBias: false);
        using SgdOptimizer optimizer = Create(0, 0, 10);
        optimizer.Add(layer.parameters());
        float before = layer.weight.item<float>();
        using DisposeScope scope = NewDisposeScope();

        layer.call(tensor(new float[,] { { 3 } })).sum().backward();
        optimizer.Step(1);

        Assert.AreEqual(before - 3, layer.weight.item<float>(), 1e-5);
    }

    [TestMethod]
    public void ParametersWithoutAGradientStay()
    {
        using Linear layer = nn.Linear(2, 2);
        using SgdOptimizer optimizer = Create(0.9, 0.1);
        optimizer.Add(layer.parameters());
        float[] before = layer.weight.data<float>().ToArray();

        optimizer.Step(1);

        CollectionAssert.AreEqual(before, layer.weight.data<float>().ToArray());
    }

    [TestMethod]
    public void BadSettingsAreRefusedByName()
    {
        Assert.AreEqual("Momentum", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Create(1, 0)).ParamName);
        Assert.AreEqual("WeightDecay", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Create(0.9, -1)).ParamName);
        using SgdOptimizer optimizer = Create(0, 0);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => optimizer.Add([], 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => optimizer.Step(-1));
    }

    private static Sequential Model()
    {
        Sequential model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2));
        using Generator generator = new(5, CPU);
        Road.Torch.Networks.WeightInitialization.KaimingNormal(model, generator);
        return model;
    }

    private static SgdOptimizer Create(double momentum, double weightDecay, double maxGradientNorm = 0) =>
        new(new SgdOptions { Momentum = momentum, WeightDecay = weightDecay }, maxGradientNorm);
}
