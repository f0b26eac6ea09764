using Road.Torch.Adaptation;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

/// <summary>The running mean of weights as the result of a training.</summary>
[TestClass]
public sealed class WeightAverageTests
{
    private const double Rate = 1e-2;

    /// <summary>
    /// Weights of 1 before the first step, then 2, 6 and 0.5. With a decay of 0.6: 1; 0.5 x 1 + 0.5 x 2 = 1.5, since 1 - 1/2 is less;
    /// 0.6 x 1.5 + 0.4 x 6 = 3.3; 0.6 x 3.3 + 0.4 x 0.5 = 2.18. With 1 it is their plain mean; with 0 the last.
    /// </summary>
    [TestMethod]
    [DataRow(0.6, 1.0, 1.5, 3.3, 2.18)]
    [DataRow(1.0, 1.0, 1.5, 3.0, 2.375)]
    [DataRow(0.0, 1.0, 2.0, 6.0, 0.5)]
    public void TheMeanIsTheOneWorkedOutByHand(double decay, params double[] expected)
    {
        using SegmentationNetwork network = SegmentationNetworks.Get("pspnet-resnet18").Create(2);
        using SegmentationNetwork copy = SegmentationNetworks.Get("pspnet-resnet18").Create(2);
        network.Backbone.FreezeStages(1);
        Parameter frozen = network.parameters().First(static parameter => !parameter.requires_grad);
        using WeightAverage average = new(network, null, decay, null);
        foreach (((double weight, double mean), int step) in new[] { 1, 2, 6, 0.5 }.Zip(expected).Select(static (pair, i) => (pair, i)))
        {
            Fill(network, weight);
            average.Follow(step);
            Fill(copy, -1);
            average.CopyTo(copy);

            using DisposeScope scope = NewDisposeScope();
            foreach (((string name, Parameter averaged), Parameter trained) in copy.named_parameters().Zip(network.parameters()))
            {
                Assert.AreEqual(trained.requires_grad ? mean : -1, averaged.mean().item<float>(), 1e-5, $"{name}, step {step}");
            }

            // Statistics of the head's norms go with its weights; the backbone's stand still, and counts are none of it.
            HashSet<IntPtr> ofBackbone = [.. copy.Backbone.buffers().Select(static buffer => buffer.Handle)];
            Assert.IsTrue(copy.named_buffers().Any(buffer => ofBackbone.Contains(buffer.buffer.Handle)));
            string[] followed =
            [
                .. copy.named_buffers().Where(buffer => Math.Abs(buffer.buffer.to(ScalarType.Float32).mean().item<float>() - mean) < 1e-5)
                    .Select(static buffer => buffer.name),
            ];
            string[] statistics =
            [
                .. copy.named_buffers().Where(
                    buffer => buffer.name.Contains(".running_", StringComparison.Ordinal) && !ofBackbone.Contains(buffer.buffer.Handle))
                    .Select(static buffer => buffer.name),
            ];
            Assert.IsNotEmpty(statistics);
            CollectionAssert.AreEquivalent(statistics, followed);
        }

        Assert.IsFalse(frozen.requires_grad);
    }

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void TheResultIsTheMeanOfWhatTheStepsPassThrough(Precision precision)
    {
        // Without a mean: what each step gives, in float32.
        List<float[]> passed = [];
        float[] last = Steps(Options(precision), 3, fixture => passed.Add(Weights(fixture)));
        Assert.HasCount(4, passed);
        CollectionAssert.AreEqual(passed[^1], last);

        RoadTrainingOptions options = Options(precision);
        options.WeightAveraging.Decay = 0.6;
        List<float[]> means = [];
        List<float[]> trained = [];
        float[] result = Steps(options, 3, fixture =>
        {
            means.Add(Weights(fixture));
            using DisposeScope scope = NewDisposeScope();
            trained.Add(Trained(fixture));
        });

        // The steps are the same, the snapshots have the mean, the last of which is the result.
        CollectionAssert.AreEqual(Steps(Options(precision), 3, static _ => { }, Trained), trained[^1]);
        CollectionAssert.AreEqual(means[^1], result);
        for (int i = 0; i < result.Length; i++)
        {
            double first = (0.5 * passed[0][i]) + (0.5 * passed[1][i]);
            double second = (0.6 * first) + (0.4 * passed[2][i]);
            double third = (0.6 * second) + (0.4 * passed[3][i]);
            Assert.AreEqual(first, means[1][i], Tolerance(first), $"step 1, weight {i}");
            Assert.AreEqual(third, result[i], Tolerance(third), $"step 3, weight {i}");
        }

        // Half the bits would be 3 decimals.
        static double Tolerance(double value) => 1e-7 + (1e-6 * Math.Abs(value));
    }

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void AStateThatIsTakenOverGoesOnBitForBit(Precision precision)
    {
        using TemporaryFolder folder = new();
        string path = folder["state.safetensors"];
        RoadTrainingOptions options = Options(precision);
        options.WeightAveraging.Decay = 0.9;
        float[] whole = Steps(options, 4, static _ => { });
        float[] resumed;
        using (TrainingFixture fixture = new(options, "pspnet-squeezenet1_1"))
        {
            fixture.Engine.NormalizeFeatures(fixture.Batch(0));
            Step(fixture, 0, 2);
            using DisposeScope scope = NewDisposeScope();
            SafetensorsWriter.Write(path, fixture.Engine.State());
        }

        using (TrainingFixture fixture = new(options, "pspnet-squeezenet1_1"))
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            fixture.Engine.Restore(file);
            fixture.Engine.Iteration = 2;
            Step(fixture, 2, 4);
            resumed = Finish(fixture);
        }

        CollectionAssert.AreEqual(whole, resumed);
    }

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void ATeacherWithTheSameDecayIsTheMeanAndNoSecondOneIsKept(Precision precision)
    {
        float[] own = SelfTrained(0.6, alpha: 0.6, precision, out string[] names);
        Assert.IsEmpty(names.Where(static name => name.StartsWith("average.", StringComparison.Ordinal)).ToArray());

        // The teacher of another decay cannot be it, though both begin alike: after one step they are the same.
        _ = SelfTrained(0.6, alpha: 0.7, precision, out string[] others);
        Assert.IsNotEmpty(others.Where(static name => name.StartsWith("average.", StringComparison.Ordinal)).ToArray());

        // What the shared one gives is what one of its own would: the method off, nothing but the teacher's part of it.
        float[] teacher = SelfTrained(null, alpha: 0.6, precision, out _, static fixture =>
        {
            Assert.IsTrue(fixture.Engine.Adaptations.Single().Adapter.RunningMean is { Decay: 0.6 });
            return Values(fixture.Engine.Adaptations.Single().Adapter.RunningMean!.Value.Network);
        });
        CollectionAssert.AreEqual(teacher, own);
    }

    [TestMethod]
    public void AMethodThatGivesTheResultItselfIsRefused()
    {
        RoadTrainingOptions options = Options(Precision.Float32);
        options.Adaptations.Reset(new OwnResult());
        options.WeightAveraging.Decay = 0.9;
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => new TrainingFixture(options, "deeplab-squeezenet1_1")).Message,
            "The adaptation method 'own-result' says whose weights are the result");
    }

    [TestMethod]
    [DataRow(-0.1)]
    [DataRow(1.1)]
    [DataRow(double.NaN)]
    public void ADecayOutsideItsRangeIsRefused(double decay) => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new WeightAveragingOptions { Decay = decay }).Message, "must be 0 to 1.");

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void NothingIsLeftBehind(Precision precision)
    {
        RoadTrainingOptions options = Options(precision);
        options.WeightAveraging.Decay = 0.9;
        options.RegionRows = options.RegionColumns = 1;
        using TrainingFixture fixture = new(options);
        Step(fixture, 0, 1);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Step(fixture, 1, 4);
        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        // With the engine goes the mean: as many tensors as there are that learn.
        using SegmentationNetwork network = SegmentationNetworks.Get("deeplab-squeezenet1_1").Create(2);
        int averaged = network.parameters().Count(static parameter => parameter.requires_grad);
        before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        WeightAverage average = new(network, null, 0.9, null);
        Assert.HasCount(averaged, average.State.ToArray());
        Assert.AreEqual(before + averaged, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        average.Follow(0);
        average.Follow(1);
        average.CopyTo(network);
        average.Dispose();
        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static RoadTrainingOptions Options(Precision precision) => new()
    {
        CropSize = 48,
        BatchSize = 2,
        Precision = precision,
        SpatialWeight = 0.1,
        LearningRate = Rate,
    };

    private static float[] SelfTrained(
        double? decay, double alpha, Precision precision, out string[] names, Func<TrainingFixture, float[]>? read = null)
    {
        RoadTrainingOptions options = Options(precision);
        options.Adaptations.Reset(new SelfTraining { Alpha = alpha });
        options.WeightAveraging.Decay = decay;
        using TrainingFixture fixture = new(options);
        Step(fixture, 0, 3);
        using DisposeScope scope = NewDisposeScope();
        names = [.. fixture.Engine.State().Select(static pair => pair.Key)];
        return read is null ? Finish(fixture) : read(fixture);
    }

    /// <summary>Takes steps, looks before the first and after each, and gives the result.</summary>
    private static float[] Steps(
        RoadTrainingOptions options, int count, Action<TrainingFixture> look, Func<TrainingFixture, float[]>? read = null)
    {
        using TrainingFixture fixture = new(options, "pspnet-squeezenet1_1");
        for (int step = 0; step < count; step++)
        {
            if (step == 0)
            {
                fixture.Engine.NormalizeFeatures(fixture.Batch(0));
                look(fixture);
            }

            Step(fixture, step, step + 1);
            look(fixture);
        }

        return read is null ? Finish(fixture) : read(fixture);
    }

    private static void Step(TrainingFixture fixture, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            fixture.Engine.Step(fixture.Batch(step), Rate);
        }
    }

    private static float[] Finish(TrainingFixture fixture)
    {
        fixture.Engine.Finish();
        fixture.Engine.Dispose();
        return Values(fixture.Network);
    }

    /// <summary>What a snapshot would copy.</summary>
    private static float[] Weights(TrainingFixture fixture)
    {
        using SegmentationNetwork copy = NetworkTwin.Create(
            static () => SegmentationNetworks.Get("pspnet-squeezenet1_1").Create(2), fixture.Engine.CopyWeightsTo);
        return Values(copy);
    }

    /// <summary>The weights that the optimiser moves, whatever the result is.</summary>
    private static float[] Trained(TrainingFixture fixture)
    {
        using DisposeScope scope = NewDisposeScope();
        return
        [
            .. fixture.Engine.State().Where(static pair => pair.Key.StartsWith("network.", StringComparison.Ordinal))
                .SelectMany(static pair => pair.Value.to(ScalarType.Float32).data<float>().ToArray()),
        ];
    }

    private static float[] Values(SegmentationNetwork network)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. network.parameters().SelectMany(static parameter => parameter.detach().data<float>().ToArray())];
    }

    private static void Fill(SegmentationNetwork network, double value)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor tensor in network.state_dict().Values)
        {
            tensor.Fill(value);
        }
    }

    private sealed class OwnResult : AdaptationMethod
    {
        public override string Name => "own-result";

        public override bool IsOn => true;

        public override Adapter Create(AdaptationContext context) => new Own(context.CreateTwin());

        private sealed class Own(SegmentationNetwork result) : Adapter
        {
            public override nn.Module? Kept => result;

            public override SegmentationNetwork? Result => result;

            public override IEnumerable<LossTerm> Losses(AdaptationStep step) => [];
        }
    }
}
