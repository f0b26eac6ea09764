using Road.Torch.Adaptation;
using Road.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class RoadEngineTests
{
    [TestMethod]
    [DataRow("deeplab-squeezenet1_1")]
    [DataRow("deeplab-vgg16")]
    public void TheFirstStepsGradientsAreFinite(string network)
    {
        // The student equals its teacher here, so every channel-wise norm of Eq. 1 is zero.
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 1 };
        using TrainingFixture fixture = new(options, network);
        using DisposeScope scope = NewDisposeScope();

        Tensor loss = fixture.Engine.Loss(fixture.Batch(1))!;
        loss.backward();

        Assert.IsTrue(double.IsFinite(loss.item<float>()));
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in fixture.Network.named_parameters())
        {
            Assert.IsNotNull(parameter.grad, $"{name} has no gradient");
            Assert.IsTrue(parameter.grad.isfinite().all().item<bool>(), $"{name} has a gradient that is not finite");
        }

        // Not exactly zero: a convolution's sums may be ordered otherwise for another batch size.
        Assert.AreEqual(0, fixture.Engine.ReadLosses()["L_dist"]!.Value, 1e-3);
    }

    [TestMethod]
    public void TheJointLossIsTheWeightedSumOfItsParts()
    {
        RoadTrainingOptions options = new()
        {
            CropSize = 64,
            BatchSize = 2,
            DistillationWeight = 0.3,
            SpatialWeight = 0.2,
            SpatialWeightReading = SpatialWeightReading.Literal,
        };
        using TrainingFixture fixture = new(options);
        using DisposeScope scope = NewDisposeScope();
        fixture.Engine.Step(fixture.Batch(1), 2.5e-4);
        fixture.Engine.Step(fixture.Batch(2), 2.5e-4);
        fixture.Engine.ReadLosses();

        double joint = fixture.Engine.Loss(fixture.Batch(3))!.item<float>();

        StepLosses parts = fixture.Engine.ReadLosses();
        Assert.IsGreaterThan(0, parts["L_dist"]!.Value);
        Assert.AreEqual(
            parts.Segmentation!.Value + (0.3 * parts["L_dist"]!.Value) + (0.2 * parts["L_spt"]!.Value), joint, 1e-4);
    }

    [TestMethod]
    public void TheTwoReadingsOfLambdaTwoGiveTheFeaturesTheSameGradient()
    {
        Dictionary<string, float[]>[] gradients = [.. new[] { SpatialWeightReading.Literal, SpatialWeightReading.Scaled }.Select(reading =>
        {
            RoadTrainingOptions options = new()
            {
                CropSize = 48,
                BatchSize = 1,
                DistillationWeight = 0,
                SpatialWeight = 0.5,
                SpatialWeightReading = reading,
            };
            using TrainingFixture fixture = new(options);
            using DisposeScope scope = NewDisposeScope();
            fixture.Engine.Loss(fixture.Batch(1))!.backward();
            return fixture.Network.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.grad!.data<float>().ToArray());
        })];

        foreach ((string name, float[] literal) in gradients[0])
        {
            float scale = literal.Max(Math.Abs) + 1e-12f;
            for (int i = 0; i < literal.Length; i++)
            {
                Assert.AreEqual(literal[i] / scale, gradients[1][name][i] / scale, 1e-3, name);
            }
        }
    }

    [TestMethod]
    [DataRow(DistillationDomain.Target)]
    [DataRow(DistillationDomain.Source)]
    public void DistillationPullsAStrayedBackboneBackToItsTeacher(DistillationDomain domain)
    {
        RoadTrainingOptions options = new()
        {
            CropSize = 48,
            BatchSize = 1,
            DistillationWeight = 1,
            DistillationDomain = domain,
            SpatialWeight = 0,
        };
        using TrainingFixture fixture = new(options);
        using (no_grad())
        {
            foreach (TorchSharp.Modules.Parameter parameter in fixture.Network.Backbone.parameters())
            {
                parameter.mul_(1.02);
            }
        }

        List<double> distances = [];
        for (int i = 0; i < 12; i++)
        {
            fixture.Engine.Step(fixture.Batch(1), 1e-6);
            distances.Add(fixture.Engine.ReadLosses()["L_dist"]!.Value);
        }

        Assert.IsLessThan(0.9 * distances[0], distances[^1]);
    }

    [TestMethod]
    public void DistillationLetsGoAtItsEndIteration()
    {
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 1, SpatialWeight = 0 };
        Distillation distillation = options.Adaptations.OfType<Distillation>().Single();
        distillation.EndIteration = 2;
        using TrainingFixture fixture = new(options);
        for (int i = 0; i < 4; i++)
        {
            fixture.Engine.Step(fixture.Batch(i), 1e-4);
            StepLosses losses = fixture.Engine.ReadLosses();
            Assert.AreEqual(i < 2, losses["L_dist"].HasValue, $"step {i}");
            Assert.IsTrue(losses.AreFinite);
        }

        Assert.AreEqual("distillation on the target (lambda1 0.1, up to step 2)", distillation.ToString());
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => distillation.EndIteration = -1).Message,
            "EndIteration is -1; it must be 0 to 10000000.");
    }

    [TestMethod]
    public void TapsThatNoCropReachesStaySilent()
    {
        // A crop of 48 gives a map of 6 x 6: the outer taps of a branch dilated by 24 see padding only.
        using TrainingFixture fixture = new(new() { CropSize = 48, BatchSize = 1 });

        fixture.Engine.Step(fixture.Batch(1), 1e-3);

        using DisposeScope scope = NewDisposeScope();
        Tensor widest = fixture.Network.state_dict()["aspp.3.weight"];
        Assert.AreEqual(0, widest.select(2, 0).abs().max().item<float>());
        Assert.AreEqual(0, widest.select(3, 2).abs().max().item<float>());
        Assert.AreNotEqual(0, widest.select(2, 1).select(2, 1).abs().max().item<float>());
    }

    [TestMethod]
    public void FrozenStagesDoNotMove()
    {
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 1, FrozenStages = 3 };
        using TrainingFixture fixture = new(options);
        Dictionary<string, byte[]> before = Snapshot(fixture);

        fixture.Engine.Step(fixture.Batch(1), 2.5e-4);
        fixture.Engine.Step(fixture.Batch(2), 2.5e-4);

        Dictionary<string, byte[]> after = Snapshot(fixture);
        string[] still = [.. before.Keys.Where(name => before[name].AsSpan().SequenceEqual(after[name]))];
        CollectionAssert.AreEquivalent(
            before.Keys.Where(name => name.Contains("conv1.") || name.Contains("fire2.") || name.Contains("fire3.")).ToArray(), still);
    }

    [TestMethod]
    public void EveryStageCanBeFrozen()
    {
        using TrainingFixture fixture = new(
            new() { CropSize = 48, BatchSize = 1, FrozenStages = 9, SpatialWeight = 0, DistillationWeight = 0 });
        fixture.Engine.Step(fixture.Batch(1), 2.5e-4);
        Assert.IsTrue(fixture.Engine.ReadLosses().AreFinite);
    }

    [TestMethod]
    public void MoreFrozenStagesThanTheBackboneHasAreRefused()
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            new TrainingFixture(new() { FrozenStages = 10 }).Dispose());
        StringAssert.Contains(error.Message, "0 to 9");
    }

    [TestMethod]
    public void StepsLeaveNoTensorsBehind()
    {
        // One region: a classifier that a later batch is the first to reach gets its momentum only then.
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 1, RegionRows = 1, RegionColumns = 1 };
        using TrainingFixture fixture = new(options);
        fixture.Engine.Step(fixture.Batch(0), 2.5e-4);
        fixture.Engine.ReadLosses();
        long Alive() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        fixture.Engine.Step(fixture.Batch(1), 2.5e-4);
        fixture.Engine.ReadLosses();
        long after = Alive();
        for (int i = 2; i < 6; i++)
        {
            fixture.Engine.Step(fixture.Batch(i), 2.5e-4);
            fixture.Engine.ReadLosses();
        }

        Assert.AreEqual(after, Alive());
    }

    [TestMethod]
    public void StepsSurviveGarbageCollectionsAtAnyMoment()
    {
        // TorchSharp lets a Scalar be collected while libtorch still reads it.
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 1 };
        using TrainingFixture fixture = new(options);
        using CancellationTokenSource stop = new();
        Thread collector = new(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (int i = 0; i < 40; i++)
            {
                fixture.Engine.Step(fixture.Batch(i), 1e-5);
            }
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }

        Assert.IsTrue(fixture.Engine.ReadLosses().AreFinite);
    }

    private static Dictionary<string, byte[]> Snapshot(TrainingFixture fixture) =>
        fixture.Network.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.bytes.ToArray());
}
