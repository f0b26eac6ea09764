using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Tests.Training;
using Road.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Method = Road.Torch.Adaptation.SelfTraining;

namespace Road.Torch.Tests.Adaptation.SelfTraining;

/// <summary>Self-training and masked images inside trainings.</summary>
[TestClass]
public sealed class SelfTrainingTests
{
    public static IEnumerable<object[]> Settings =>
        from selection in Enum.GetValues<PseudoLabelSelection>()
        from precision in Enum.GetValues<Precision>()
        select new object[] { selection, precision };

    [TestMethod]
    [DynamicData(nameof(Settings))]
    public void ATrainingThatIsBrokenOffGoesOnBitForBit(PseudoLabelSelection selection, Precision precision)
    {
        using TemporaryFolder folder = new();
        byte[] whole = Train(folder["whole"], 5);
        Train(folder["broken"], 2);
        CollectionAssert.AreEqual(whole, Train(folder["broken"], 5));

        byte[] Train(string directory, int until)
        {
            using CancellationTokenSource source = new();
            RoadTrainingOptions options = Options(
                new Method { Selection = selection, Threshold = 0.5 }, new MaskedConsistency { BlockSize = 8 });
            options.Precision = precision;
            options.Iterations = 5;
            options.ProgressInterval = 1;
            options.CheckpointDirectory = directory;
            options.CancellationToken = source.Token;
            options.Progress = new ActionProgress(report =>
            {
                if (report.Iteration == until && until < options.Iterations)
                {
                    source.Cancel();
                }
            });
            using TrainingFixture fixture = new(options, new DropoutFactory());
            try
            {
                fixture.Train(new StripedSource(5, labelled: true), new StripedSource(5, labelled: false));
            }
            catch (TrainingCanceledException) when (until < options.Iterations)
            {
            }

            fixture.Engine.Dispose();
            return fixture.WeightBytes();
        }
    }

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void TheTeacherIsTheMeanOfFloat32Weights(Precision precision)
    {
        // Before the second step, half of the first weights and half of those of the first step; then 0.6 of itself.
        RoadTrainingOptions options = Options(new Method { Alpha = 0.6 });
        options.Precision = precision;
        using TrainingFixture fixture = new(options);
        using DisposeScope scope = NewDisposeScope();
        SegmentationNetwork teacher = Labeler(fixture).Teacher;
        Tensor first = Weights();
        fixture.Engine.NormalizeFeatures(fixture.Batch(1));
        fixture.Engine.Step(fixture.Batch(1), 1e-3);
        Tensor second = Weights();
        TensorAssert.AreClose(Flat(teacher), 1e-6, TensorAssert.Values((first + second) * 0.5));
        Assert.AreEqual(fixture.Network.FeatureScale.item<float>(), teacher.FeatureScale.item<float>());
        Assert.AreNotEqual(1, teacher.FeatureScale.item<float>());

        Tensor before = Flat(teacher);
        fixture.Engine.Step(fixture.Batch(2), 1e-3);
        TensorAssert.AreClose(Flat(teacher), 1e-6, TensorAssert.Values((before * 0.6) + (Weights() * 0.4)));
        Assert.IsTrue(teacher.parameters().All(static parameter => parameter.dtype == ScalarType.Float32 && !parameter.requires_grad));

        Tensor Weights()
        {
            using SegmentationNetwork copy = SegmentationNetworks.Get("deeplab-squeezenet1_1").Create(2);
            fixture.Engine.CopyWeightsTo(copy);
            return Flat(copy);
        }

        static Tensor Flat(SegmentationNetwork network) => cat(
            [.. network.parameters().Select(static parameter => parameter.detach().flatten().slice(0, 0, parameter.numel(), 97))]);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void MaskedImagesUseTheTeacherOfSelfTrainingWhicheverIsFirst(bool isFirst)
    {
        Method mix = new() { Alpha = 0.25 };
        MaskedConsistency mask = new();
        using TrainingFixture fixture = new(isFirst ? Options(mask, mix) : Options(mix, mask));
        Assert.IsNull(fixture.Engine.Adapter<MaskedConsistencyAdapter>().Kept);
        Assert.IsNotNull(fixture.Engine.Adapter<SelfTrainingAdapter>().Kept);
        using DisposeScope scope = NewDisposeScope();
        fixture.Engine.Step(fixture.Batch(1), 1e-3);
        Assert.IsFalse(fixture.Engine.State().Any(static pair => pair.Key.StartsWith("kept.masked", StringComparison.Ordinal)));
        Assert.IsTrue(fixture.Engine.State().Any(static pair => pair.Key == "kept.self-training.teacher.feature_scale"));
    }

    [TestMethod]
    public void MaskedImagesAloneHaveATeacherOfTheirOwn()
    {
        using TrainingFixture fixture = new(Options(new MaskedConsistency { Threshold = 0.1 }));
        fixture.Engine.Step(fixture.Batch(1), 1e-3);
        Assert.IsGreaterThan(0.0, fixture.Engine.ReadLosses()["L_mask"]!.Value);
        using DisposeScope scope = NewDisposeScope();
        Assert.IsTrue(fixture.Engine.State().Any(static pair => pair.Key == "kept.masked-consistency.teacher.feature_scale"));
    }

    [TestMethod]
    public void WithNothingHiddenNorChangedOnlyTheTargetIsLearned()
    {
        // The teacher is a copy in the first step, so that the loss is its cross-entropy with its own choice, in a network without dropout.
        using TrainingFixture fixture = new(
            Options(new MaskedConsistency { MaskedShare = 0, StrongAugmentation = false, Threshold = 0 }));
        TrainingBatch batch = fixture.Batch(1);
        using DisposeScope scope = NewDisposeScope();
        Tensor images = Road.Torch.Weights.InputNormalization.ImageNet.Apply(tensor(batch.Pixels, [4, 48, 48, 3])).narrow(0, 2, 2);
        Tensor chances = nn.functional.interpolate(
            fixture.Network.call(images), [48, 48], mode: InterpolationMode.Bilinear, align_corners: false).softmax(1);
        double expected = -chances.max(1).values.log().mean().item<float>();

        fixture.Engine.Step(batch, 1e-3);

        Assert.AreEqual(expected, fixture.Engine.ReadLosses()["L_mask"]!.Value, 1e-5);
    }

    [TestMethod]
    public void UnsureLabelsCountByTheConfidentShare()
    {
        // No pixel reaches a probability of 1, so only what comes of the source counts.
        double none = Loss(1);
        double all = Loss(0);
        Assert.IsGreaterThan(none, all);
        Assert.IsGreaterThan(0.0, none);

        static double Loss(double threshold)
        {
            using TrainingFixture fixture = new(Options(new Method { Threshold = threshold, StrongAugmentation = false }));
            fixture.Engine.Step(fixture.Batch(1), 1e-3);
            return fixture.Engine.ReadLosses()["L_mix"]!.Value;
        }
    }

    [TestMethod]
    public void TheSourcePhaseLeavesTheLossOutAndTheTeacherFollows()
    {
        using TrainingFixture fixture = new(Options(new Method { StartIteration = 2 }));
        using DisposeScope scope = NewDisposeScope();
        Parameter teacher = Labeler(fixture).Teacher.parameters().First();
        Tensor last = teacher.detach().clone();
        for (int i = 0; i < 3; i++)
        {
            fixture.Engine.Step(fixture.Batch(i), 1e-3);
            Assert.AreEqual(i >= 2, fixture.Engine.ReadLosses()["L_mix"].HasValue, $"step {i}");
            Assert.IsFalse(teacher.eq(last).all().item<bool>());
            last = teacher.detach().clone();
        }
    }

    [TestMethod]
    [DynamicData(nameof(Settings))]
    public void StepsLeaveNoTensorsBehind(PseudoLabelSelection selection, Precision precision)
    {
        RoadTrainingOptions options = Options(
            new Method { Selection = selection, FeatureDistanceWeight = 0.005, ThingClasses = [1] }, new MaskedConsistency());
        options.Precision = precision;
        using TrainingFixture fixture = new(options);
        Step(0);
        Step(1);
        long after = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 2; i < 6; i++)
        {
            Step(i);
        }

        Assert.AreEqual(after, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step(int i)
        {
            fixture.Engine.Step(fixture.Batch(i), 1e-4);
            StepLosses losses = fixture.Engine.ReadLosses();
            Assert.IsTrue(losses.AreFinite);
            Assert.AreEqual("L_fd L_mix L_mask", string.Join(' ', losses.Adaptation.Select(static loss => loss.Name)));
        }
    }

    [TestMethod]
    public void TheJointLossHoldsTheSeparateTerms()
    {
        using TrainingFixture fixture = new(Options(new Method { Weight = 0.5, Threshold = 0 }, new MaskedConsistency { Weight = 0.25 }));
        using DisposeScope scope = NewDisposeScope();
        double joint = fixture.Engine.Loss(fixture.Batch(3))!.item<float>();
        StepLosses parts = fixture.Engine.ReadLosses();
        Assert.AreEqual(
            parts.Segmentation!.Value + (0.5 * parts["L_mix"]!.Value) + (0.25 * parts["L_mask"]!.Value), joint, 1e-5);
    }

    [TestMethod]
    public void AHeadWithBatchNormAndAnAuxiliaryClassifierIsTaughtToo()
    {
        using TrainingFixture fixture = new(Options(new Method(), new MaskedConsistency()), "pspnet-resnet18");
        fixture.Engine.Step(fixture.Batch(1), 1e-4);
        Assert.IsTrue(fixture.Engine.ReadLosses().AreFinite);
        SegmentationNetwork teacher = Labeler(fixture).Teacher;
        Assert.IsTrue(teacher.Backbone.modules().OfType<BatchNorm2d>().All(static norm => !norm.training));
        Assert.IsTrue(teacher.modules().OfType<BatchNorm2d>().Except(teacher.Backbone.modules().OfType<BatchNorm2d>()).All(
            static norm => norm.training));
        Assert.IsFalse(teacher.training);
    }

    [TestMethod]
    public void AThingThatIsNoClassIsRefused()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => new TrainingFixture(Options(new Method { FeatureDistanceWeight = 0.005 })).Dispose());
        StringAssert.Contains(error.Message, "ThingClasses has the class 18; with 2 classes, they must be 0 to 1.");
    }

    [TestMethod]
    public void SettingsAreCheckedByName()
    {
        Refuse(() => new Method { Alpha = 1.5 }, "Alpha is 1.5; it must be 0 to 1.");
        Refuse(() => new Method { Threshold = -0.1 }, "Threshold is -0.1; it must be 0 to 1.");
        Refuse(() => new Method { LargestClassThreshold = 2 }, "LargestClassThreshold is 2; it must be 0 to 1.");
        Refuse(() => new Method { StartIteration = -1 }, "StartIteration is -1; it must be 0 to 10000000.");
        Refuse(() => new Method { IgnoredTop = -1 }, "IgnoredTop is -1; it must be 0 to 100000.");
        Refuse(() => new Method { IgnoredBottom = -1 }, "IgnoredBottom is -1; it must be 0 to 100000.");
        Refuse(() => new Method { IgnoredLeft = -1 }, "IgnoredLeft is -1; it must be 0 to 100000.");
        Refuse(() => new Method { IgnoredRight = 100_001 }, "IgnoredRight is 100001; it must be 0 to 100000.");
        Refuse(() => new Method { Weight = -1 }, "Weight is -1; it must be 0 to 1000.");
        Refuse(() => new Method { FeatureDistanceWeight = -1 }, "FeatureDistanceWeight is -1; it must be 0 to 1000.");
        Refuse(() => new Method { ThingShare = 0 }, "ThingShare is 0; it must be greater than 0 and at most 1.");
        Refuse(() => new Method { ThingClasses = [254] }, "ThingClasses is 254; it must be 0 to 253.");
        Refuse(
            () => new Method { Selection = (PseudoLabelSelection)7 }, "Selection is 7; it must be one of Threshold, ClassBalanced.");
        Refuse(() => new MaskedConsistency { Weight = -1 }, "Weight is -1; it must be 0 to 1000.");
        Refuse(() => new MaskedConsistency { BlockSize = 0 }, "BlockSize is 0; it must be 1 to 4096.");
        Refuse(() => new MaskedConsistency { MaskedShare = 1.1 }, "MaskedShare is 1.1; it must be 0 to 1.");

        static void Refuse(Func<AdaptationMethod> make, string message) =>
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(make).Message, message);
    }

    private static PseudoLabeler Labeler(TrainingFixture fixture) =>
        (PseudoLabeler)fixture.Engine.Adapter<SelfTrainingAdapter>().Kept!;

    private static RoadTrainingOptions Options(params AdaptationMethod[] methods)
    {
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 2, LoaderWorkers = 1, LearningRate = 1e-3 };
        options.Adaptations.Reset(methods);
        return options;
    }

    private sealed class ActionProgress(Action<RoadProgress> report) : IProgress<RoadProgress>
    {
        public void Report(RoadProgress value) => report(value);
    }
}
