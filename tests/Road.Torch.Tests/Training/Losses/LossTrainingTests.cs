using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Tests.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;
using Method = Road.Torch.Adaptation.SelfTraining;

namespace Road.Torch.Tests.Training.Losses;

/// <summary>The parts of the supervised loss, and weights of classes, inside trainings.</summary>
[TestClass]
public sealed class LossTrainingTests
{
    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void ATrainingThatIsBrokenOffGoesOnBitForBitAndDoesNotCountAgain(Precision precision)
    {
        using TemporaryFolder folder = new();
        CountedSource source = new();
        byte[] whole = Train(source, folder["whole"], precision, until: 5);
        Assert.AreEqual(6, source.Masks);

        Train(source, folder["broken"], precision, until: 2);
        Assert.AreEqual(12, source.Masks);
        CollectionAssert.AreEqual(whole, Train(source, folder["broken"], precision, until: 5));
        Assert.AreEqual(12, source.Masks);
    }

    [TestMethod]
    public void WeightsComeOfTheWholeSourceAndAreToldOf()
    {
        RoadTrainingOptions options = Options(Precision.Float32);
        StartRecorder recorder = new();
        options.Observers.Add(recorder);
        CountedSource source = new();
        using TrainingFixture fixture = new(options, classes: 3);

        fixture.Train(source, null);

        ClassCounts counts = recorder.Start!.SourceClasses!;
        Assert.AreEqual((6L, 0L), (counts.ImageCount, counts.Pixels[2]));
        IReadOnlyList<double> expected = options.Losses.ClassWeights!.Compute(counts);
        Assert.AreEqual(1.0, recorder.Start.ClassWeights![2]);
        for (int i = 0; i < 2; i++)
        {
            Assert.AreNotEqual(1.0, recorder.Start.ClassWeights[i]);
            Assert.AreEqual(expected[i], recorder.Start.ClassWeights[i], 1e-6);
        }
    }

    [TestMethod]
    public void NothingIsCountedWhereNothingAsksForIt()
    {
        RoadTrainingOptions options = Options(Precision.Float32);
        options.Losses = new SegmentationLossOptions { FocalGamma = 2, DiceWeight = 1, HardPixelThreshold = 0.7 };
        StartRecorder recorder = new();
        options.Observers.Add(recorder);
        CountedSource source = new();
        using TrainingFixture fixture = new(options);
        fixture.Train(source, null);
        Assert.AreEqual(0, source.Masks);
        Assert.IsTrue(recorder.Start is { ClassWeights: null, SourceClasses: null });
    }

    [TestMethod]
    public void ADefaultTrainingsStateHoldsNoWeightsOfClasses()
    {
        using DisposeScope scope = NewDisposeScope();
        using TrainingFixture without = new(new() { CropSize = 48, BatchSize = 1 });
        Assert.IsFalse(without.Engine.State().Any(static pair => pair.Key == "class_weights"));
        Assert.IsNull(without.Engine.ClassWeights);

        using TrainingFixture with = new(Options(Precision.BFloat16));
        with.Engine.WeighClasses(new ClassCounts([300, 100], [4, 4], 4));
        Tensor weights = with.Engine.State().Single(static pair => pair.Key == "class_weights").Value;
        Assert.AreEqual(ScalarType.Float32, weights.dtype);
        TensorAssert.AreClose(weights, 1e-6, [.. with.Engine.ClassWeights!]);
        Assert.IsGreaterThan(1.0, with.Engine.ClassWeights![1]);
    }

    [TestMethod]
    public void AStepBeforeTheClassesAreWeighedIsRefused()
    {
        using TrainingFixture fixture = new(Options(Precision.Float32));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => fixture.Engine.Step(fixture.Batch(1), 1e-3)).Message,
            "Losses.ClassWeights is set, and nothing has told what the source holds: call WeighClasses before the first step.");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => fixture.Engine.WeighClasses(new ClassCounts([1], [1], 1))).Message,
            "Expected counts of 2 classes, not 1.");
    }

    [TestMethod]
    public void ASourceWithoutALabelledPixelIsRefusedBeforeTheFirstStep()
    {
        using TrainingFixture fixture = new(Options(Precision.Float32));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => fixture.Train(new StripedSource(3, labelled: true) { AllIgnored = true }, null)).Message,
            "No pixel of the source labels belongs to a class");
        Assert.AreEqual(0, fixture.Engine.Iteration);
    }

    [TestMethod]
    public void AnEmptySourceIsStillToldOfAsOne()
    {
        using TrainingFixture fixture = new(Options(Precision.Float32));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => fixture.Train(new StripedSource(0, labelled: true), null)).Message,
            "The source data has no rows.");
    }

    [TestMethod]
    public void ACancelledCountEndsTheTrainingBeforeItsFirstStep()
    {
        using CancellationTokenSource cancellation = new();
        RoadTrainingOptions options = Options(Precision.Float32);
        options.CancellationToken = cancellation.Token;
        CountedSource source = new() { Counting = count => Cancel(count == 2) };
        using TrainingFixture fixture = new(options);
        Assert.ThrowsExactly<OperationCanceledException>(() => fixture.Train(source, null));
        Assert.AreEqual(2, source.Masks);

        void Cancel(bool now)
        {
            if (now)
            {
                cancellation.Cancel();
            }
        }
    }

    [TestMethod]
    public void TheAuxiliaryClassifierHasTheSameLoss()
    {
        using DisposeScope scope = NewDisposeScope();
        using TinyNetwork network = new(2);
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        RoadTrainingOptions options = Options(Precision.Float32);
        options.Losses.DiceWeight = 0.5;
        using RoadEngine engine = new(network, null, options, InputNormalization.ImageNet, CPU, seed: 1);
        engine.WeighClasses(new ClassCounts([300, 100], [4, 4], 4));
        Random random = new(1);
        Crop crop = new RandomCrop(16).Apply(new StripedSource(1, labelled: true, width: 20, height: 18).Sample(0), random);
        TrainingBatch batch = new([crop], []);

        double loss = engine.Loss(batch)!.item<float>();

        Tensor images = InputNormalization.ImageNet.Apply(tensor(batch.Pixels, [1, 16, 16, 3]));
        Tensor labels = tensor(batch.Labels, [1, 16, 16]).to(ScalarType.Int64);
        Tensor weights = tensor([.. engine.ClassWeights!.Select(static weight => (float)weight)]);
        BackboneFeatures features = network.Backbone.call(images);
        double main = SupervisedLoss.Compute(network.Classify(features), labels, options.Losses, weights).item<float>();
        double auxiliary = SupervisedLoss.Compute(network.ClassifyAuxiliary(features)!, labels, options.Losses, weights).item<float>();
        Assert.AreEqual(main + (0.4 * auxiliary), loss, 1e-5);
        Assert.AreEqual(loss, engine.ReadLosses().Segmentation!.Value, 1e-6);
    }

    [TestMethod]
    public void PseudoLabelsStayAPlainCrossEntropy()
    {
        // In the first step the network is the same, and so is its teacher.
        (double plainSource, double plainMix) = Losses(new SegmentationLossOptions());
        (double source, double mix) = Losses(new SegmentationLossOptions
        {
            ClassWeights = new FrequencyWeights { Power = 1 },
            FocalGamma = 2,
            DiceWeight = 1,
            LabelSmoothing = 0.1,
            HardPixelThreshold = 0.7,
        });
        Assert.AreNotEqual(plainSource, source);
        Assert.AreEqual(plainMix, mix);

        static (double Source, double Mix) Losses(SegmentationLossOptions losses)
        {
            RoadTrainingOptions options = Options(Precision.Float32);
            options.Adaptations.Reset(new Method());
            options.Losses = losses;
            using TrainingFixture fixture = new(options);
            fixture.Engine.WeighClasses(new ClassCounts([300, 100], [4, 4], 4));
            fixture.Engine.Step(fixture.Batch(1), 1e-3);
            StepLosses read = fixture.Engine.ReadLosses();
            return (read.Segmentation!.Value, read["L_mix"]!.Value);
        }
    }

    [TestMethod]
    public void OptionsThatAreChangedLaterChangeNoStep()
    {
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 1, DistillationWeight = 0, SpatialWeight = 0 };
        using TrainingFixture fixture = new(options);
        using DisposeScope scope = NewDisposeScope();
        float before = fixture.Engine.Loss(fixture.Batch(1))!.item<float>();
        options.Losses.FocalGamma = 5;
        Assert.AreEqual(before, fixture.Engine.Loss(fixture.Batch(1))!.item<float>());
    }

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void StepsLeaveNoTensorsBehind(Precision precision)
    {
        using TrainingFixture fixture = new(Options(precision));
        fixture.Engine.WeighClasses(new ClassCounts([300, 100], [4, 4], 4));
        Step(0);
        long after = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 1; i < 5; i++)
        {
            Step(i);
        }

        Assert.AreEqual(after, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step(int i)
        {
            fixture.Engine.Step(fixture.Batch(i), 1e-3);
            Assert.IsTrue(fixture.Engine.ReadLosses().AreFinite);
            _ = fixture.Engine.ClassWeights;
        }
    }

    private static byte[] Train(CountedSource source, string directory, Precision precision, int until)
    {
        using CancellationTokenSource cancellation = new();
        RoadTrainingOptions options = Options(precision);
        options.Iterations = 5;
        options.ProgressInterval = 1;
        options.CheckpointDirectory = directory;
        options.CancellationToken = cancellation.Token;
        options.Progress = new ProgressRecorder([], report =>
        {
            if (report.Iteration == until && until < 5)
            {
                cancellation.Cancel();
            }
        });
        using TrainingFixture fixture = new(options);
        try
        {
            fixture.Train(source, null);
        }
        catch (TrainingCanceledException) when (until < 5)
        {
        }

        fixture.Engine.Dispose();
        return fixture.WeightBytes();
    }

    /// <summary>A short training on the source alone with all parts of the loss.</summary>
    private static RoadTrainingOptions Options(Precision precision) => new()
    {
        CropSize = 48,
        BatchSize = 2,
        Iterations = 2,
        LearningRate = 1e-3,
        LoaderWorkers = 1,
        DistillationWeight = 0,
        SpatialWeight = 0,
        Precision = precision,
        Losses = new SegmentationLossOptions
        {
            ClassWeights = new FrequencyWeights(),
            HardPixelThreshold = 0.7,
            FocalGamma = 1,
            DiceWeight = 0.5,
            LabelSmoothing = 0.05,
        },
    };

    private sealed class StartRecorder : ITrainingObserver
    {
        public TrainingStart? Start { get; private set; }

        public void Started(TrainingStart start) => Start = start;
    }

    /// <summary>Six striped images whose masks are counted where they are asked for alone.</summary>
    private sealed class CountedSource : ISampleSource
    {
        private readonly StripedSource _striped = new(6, labelled: true);
        private int _masks;

        public bool IsShuffled => true;

        public int Masks => Volatile.Read(ref _masks);

        /// <summary>Called with the number of masks read so far.</summary>
        public Action<int>? Counting { get; init; }

        public ISampleCursor Open(int seed) => new Cursor(this, _striped.Open(seed));

        private sealed class Cursor(CountedSource source, ISampleCursor inner) : ISampleCursor
        {
            public UInt128 Id => inner.Id;

            public bool MoveNext() => inner.MoveNext();

            public DecodedSample Decode() => inner.Decode();

            public byte[]? DecodeLabels()
            {
                int count = Interlocked.Increment(ref source._masks);
                source.Counting?.Invoke(count);
                return inner.DecodeLabels();
            }

            public void Dispose() => inner.Dispose();
        }
    }
}
