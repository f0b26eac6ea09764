using Road.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class BFloat16TrainingTests
{
    [TestMethod]
    [DataRow("deeplab-squeezenet1_1")]
    [DataRow("deeplab-vgg16")]
    [DataRow("pspnet-resnet18")]
    [DataRow("deeplab-resnet18")]
    public void GradientsPointWhereThoseOfFloat32Point(string network)
    {
        Dictionary<string, float[]>[] gradients = [.. new[] { Precision.Float32, Precision.BFloat16 }.Select(precision =>
        {
            using TrainingFixture fixture = new(new() { CropSize = 49, BatchSize = 2, Precision = precision }, network);
            using DisposeScope scope = NewDisposeScope();
            fixture.Engine.Loss(fixture.Batch(1))!.backward();
            return fixture.Network.named_parameters().Where(pair => pair.parameter.grad is not null).ToDictionary(
                pair => pair.name, pair => pair.parameter.grad!.to(ScalarType.Float32).data<float>().ToArray());
        })];

        CollectionAssert.AreEquivalent(gradients[0].Keys, gradients[1].Keys);
        double cosine = Cosine(
            [.. gradients[0].OrderBy(g => g.Key).SelectMany(g => g.Value)], [.. gradients[1].OrderBy(g => g.Key).SelectMany(g => g.Value)]);
        Assert.IsGreaterThan(0.98, cosine);
    }

    [TestMethod]
    public void LossesFallAsInFloat32()
    {
        double[][] losses = [.. new[] { Precision.Float32, Precision.BFloat16 }.Select(precision =>
        {
            using TrainingFixture fixture = new(new() { CropSize = 48, BatchSize = 2, Precision = precision });
            fixture.Engine.NormalizeFeatures(fixture.Batch(1));
            return Enumerable.Range(0, 12).Select(_ =>
            {
                fixture.Engine.Step(fixture.Batch(1), 2e-4);
                return fixture.Engine.ReadLosses().Segmentation!.Value;
            }).ToArray();
        })];

        Assert.IsLessThan(0.9 * losses[0][0], losses[0][^1]);
        for (int i = 0; i < losses[0].Length; i++)
        {
            Assert.AreEqual(losses[0][i], losses[1][i], 0.05 * losses[0][0], $"step {i}");
        }
    }

    [TestMethod]
    public void TrainedWeightsAreFloat32AndFinerThanBFloat16()
    {
        using TrainingFixture fixture = new(new() { CropSize = 48, BatchSize = 1, Precision = Precision.BFloat16 }, "pspnet-resnet18");
        Conv2d convolution = fixture.Network.Backbone.modules().OfType<Conv2d>().First();
        Assert.AreEqual(ScalarType.BFloat16, convolution.weight.dtype);
        Assert.IsTrue(fixture.Network.modules().OfType<BatchNorm2d>().All(norm => norm.weight.dtype == ScalarType.Float32));

        fixture.Engine.Dispose();

        using DisposeScope scope = NewDisposeScope();
        Assert.IsTrue(fixture.Network.state_dict().Values.Concat(fixture.Teacher.state_dict().Values)
            .All(static weight => weight.dtype is ScalarType.Float32 or ScalarType.Int64));
        Tensor weight = convolution.weight.detach();
        Assert.IsFalse(weight.eq(weight.to(ScalarType.BFloat16).to(ScalarType.Float32)).all().item<bool>());
        fixture.Network.eval();
        Assert.AreEqual(ScalarType.Float32, fixture.Network.call(rand(1, 3, 48, 48)).dtype);
    }

    [TestMethod]
    public void StepsTooSmallForBFloat16AddUp()
    {
        using Linear layer = nn.Linear(1, 1, hasBias: false);
        using (no_grad())
        {
            layer.weight.fill_(1);
        }

        using SgdOptimizer optimizer = new(new SgdOptions { Momentum = 0, WeightDecay = 0 });
        using (MasterWeights masters = new())
        {
            masters.Convert(layer);
            optimizer.Add(layer.parameters(), 1, masters);
            for (int i = 0; i < 64; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.ClearGradients();
                layer.call(ones([1, 1], ScalarType.BFloat16)).sum().backward();
                optimizer.Step(1.0 / 4096);
            }

            Assert.AreEqual(1 - (64.0 / 4096), layer.weight.to(ScalarType.Float32).item<float>(), 1e-6);
        }

        Assert.AreEqual(ScalarType.Float32, layer.weight.dtype);
        Assert.AreEqual(1 - (64.0 / 4096), layer.weight.item<float>(), 1e-6);
    }

    [TestMethod]
    public void FrozenStagesKeepTheirWeightsToTheBit()
    {
        using TrainingFixture fixture = new(new() { CropSize = 48, BatchSize = 1, FrozenStages = 9, Precision = Precision.BFloat16 });
        using TrainingFixture untrained = new(new() { CropSize = 48, BatchSize = 1 });

        fixture.Engine.Step(fixture.Batch(1), 1e-3);
        fixture.Engine.Dispose();

        foreach ((Parameter trained, Parameter original) in fixture.Network.Backbone.parameters().Zip(
            untrained.Network.Backbone.parameters()))
        {
            CollectionAssert.AreEqual(original.bytes.ToArray(), trained.bytes.ToArray());
            Assert.IsFalse(trained.requires_grad);
        }
    }

    [TestMethod]
    public void TheSameSeedGivesTheSameBits()
    {
        byte[][] weights = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            using TrainingFixture fixture = new(
                new() { CropSize = 96, BatchSize = 1, Precision = Precision.BFloat16, MaxGradientNorm = 1 });
            for (int i = 0; i < 6; i++)
            {
                fixture.Engine.Step(fixture.Batch(i), 1e-3);
            }

            fixture.Engine.Dispose();
            return fixture.WeightBytes();
        })];

        CollectionAssert.AreEqual(weights[0], weights[1]);
        CollectionAssert.AreEqual(weights[0], weights[2]);
    }

    [TestMethod]
    public void StepsLeaveNoTensorsBehind()
    {
        RoadTrainingOptions options =
            new() { CropSize = 48, BatchSize = 1, RegionRows = 1, RegionColumns = 1, Precision = Precision.BFloat16 };
        using TrainingFixture fixture = new(options);
        fixture.Engine.Step(fixture.Batch(0), 2.5e-4);
        fixture.Engine.ReadLosses();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (int i = 1; i < 5; i++)
        {
            fixture.Engine.Step(fixture.Batch(i), 2.5e-4);
            fixture.Engine.ReadLosses();
        }

        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [TestMethod]
    public void AnUnknownPrecisionIsRefused()
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new RoadTrainingOptions { Precision = (Precision)7 });
        StringAssert.Contains(error.Message, "Float32, BFloat16");
    }

    private static double Cosine(float[] a, float[] b)
    {
        double product = 0;
        double squareA = 0;
        double squareB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            squareA += (double)a[i] * a[i];
            squareB += (double)b[i] * b[i];
        }

        return product / Math.Sqrt(squareA * squareB);
    }
}
