using Road.Torch.Adaptation;
using Road.Torch.Networks;
using Road.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

/// <summary>What the engine gives adaptation methods, and what it wants of them.</summary>
[TestClass]
public sealed class OwnMethodTests
{
    [TestMethod]
    public void AStepShowsWhatAMethodNeedsAndIsToldWhenItIsDone()
    {
        List<string> seen = [];
        Probe probe = new()
        {
            Term = step =>
            {
                seen.Add($"losses {step.Iteration} {step.CreateRandom("probe").Next()}");
                long[] crops = [step.Batch.SourceCount, step.Batch.TargetCount];
                Assert.AreEqual(crops.Sum(), step.Images.shape[0]);
                Assert.AreEqual(crops[0], step.SourceFeatures.Last.shape[0]);
                Assert.AreEqual(crops[1], step.TargetLogits.shape[0]);
                Assert.AreEqual(crops[0], step.SourceLogits.shape[0]);
                Assert.AreEqual(2, step.TargetLogits.shape[1]);
                Tensor asked = step.TargetLogits;
                Assert.AreSame(asked, step.TargetLogits);
                Assert.IsTrue(step.TargetLogits.requires_grad);
                Tensor pretrained = step.PretrainedFeatures(ofTarget: true);
                Assert.IsFalse(pretrained.requires_grad);
                Sequence.AreEqual(pretrained.shape, step.TargetFeatures.Last.shape);
                Assert.IsTrue(step.Forward(step.TargetImages).requires_grad);
                Tensor loss = step.TargetLogits.to(ScalarType.Float32).square().mean();
                return [new LossTerm("L_probe", loss, loss.Times(0.5))];
            },
            Done = iteration => seen.Add($"done {iteration}"),
        };
        foreach (bool again in new[] { false, true })
        {
            using TrainingFixture fixture = new(Options(probe));
            fixture.Engine.Step(fixture.Batch(1), 1e-4);
            fixture.Engine.Step(fixture.Batch(2), 1e-4);
            Assert.IsGreaterThan(0.0, fixture.Engine.ReadLosses()["L_probe"]!.Value);
            Assert.AreEqual(2, fixture.Engine.Iteration);
        }

        Sequence.AreEqual(
            seen.Where(static line => line.StartsWith("done", StringComparison.Ordinal)), "done 0", "done 1", "done 0", "done 1");
        string[] losses = [.. seen.Where(static line => line.StartsWith("losses", StringComparison.Ordinal))];
        Sequence.AreEqual(losses.Take(2), [.. losses.Skip(2)]);
        Assert.AreNotEqual(losses[0].Split(' ')[2], losses[1].Split(' ')[2]);
    }

    [TestMethod]
    public void TermsOfAMethodsOwnImagesComeWhenTheGradientsOfTheOthersAreThere()
    {
        List<float> gradients = [];
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 2 };
        Probe probe = new() { Term = static _ => [] };
        options.Adaptations.Reset(probe);
        using TrainingFixture fixture = new(options);
        probe.SeparateTerm = Terms;
        using DisposeScope scope = NewDisposeScope();

        Tensor joint = fixture.Engine.Loss(fixture.Batch(1))!;
        StepLosses parts = fixture.Engine.ReadLosses();
        Assert.AreEqual(parts.Segmentation!.Value + (0.5 * parts["L_a"]!.Value) + parts["L_b"]!.Value, joint.item<float>(), 1e-4);
        joint.backward();
        float whole = Gradient();
        gradients.Clear();

        fixture.Engine.Step(fixture.Batch(1), 0);

        // Before the first of them there is that of the source, before the second that of the first as well.
        Assert.IsGreaterThan(0f, gradients[0]);
        Assert.AreNotEqual(gradients[0], gradients[1]);
        Assert.AreEqual(whole, Gradient(), 1e-4 * whole);

        IEnumerable<LossTerm> Terms(AdaptationStep step)
        {
            foreach ((string name, double weight) in new[] { ("L_a", 0.5), ("L_b", 1.0) })
            {
                gradients.Add(Gradient());
                Tensor loss = step.Forward(step.TargetImages).softmax(1).select(1, 0).mean();
                yield return new LossTerm(name, loss, loss.Times(weight));
            }
        }

        float Gradient() => fixture.Network.parameters().First().grad?.norm().item<float>() ?? 0;
    }

    [TestMethod]
    public void MethodsShareWhatTheFirstOfThemMakes()
    {
        List<object> shared = [];
        for (int i = 0; i < 2; i++)
        {
            Probe probe = new()
            {
                Term = static _ => [],
                Made = context =>
                {
                    Assert.AreEqual("probe", context.Methods.Single().Name);
                    shared.Add(context.Share(static () => new List<int>()));
                    shared.Add(context.Share<List<int>>(static () => throw new InvalidOperationException("There is one.")));
                },
            };
            using TrainingFixture fixture = new(Options(probe));
        }

        Assert.AreSame(shared[0], shared[1]);
        Assert.AreSame(shared[2], shared[3]);
        Assert.AreNotSame(shared[0], shared[2]);
    }

    [TestMethod]
    public void StepsOfAMethodLeaveNoTensorsBehind()
    {
        Probe probe = new()
        {
            Term = static step =>
            {
                Tensor loss = step.TargetLogits.to(ScalarType.Float32).square().mean() + step.PretrainedFeatures(false).to(
                    ScalarType.Float32).mean();
                return [new LossTerm("L_probe", loss, loss)];
            },
        };
        using TrainingFixture fixture = new(Options(probe));
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
            fixture.Engine.ReadLosses();
        }
    }

    [TestMethod]
    public void ALossThatIsNoScalarOrHasATakenNameIsRefusedByTheMethodsName()
    {
        Refuse(
            step => [new LossTerm("L_probe", step.Images, step.Images)],
            "The loss 'L_probe' of the adaptation method 'probe' must be a scalar, float32");
        Refuse(step => [new LossTerm("", Scalar(), Scalar())], "'probe' gave a loss term without a name");
        Refuse(step => [new LossTerm("L_seg", Scalar(), Scalar())], "'probe' reports a loss 'L_seg', as the training itself does");
        Refuse(step => [new LossTerm("L_dist", Scalar(), Scalar())], "'probe' reports a loss 'L_dist', as 'distillation' does");

        static Tensor Scalar() => zeros([], requires_grad: true);

        static void Refuse(Func<AdaptationStep, IEnumerable<LossTerm>> term, string expected)
        {
            RoadTrainingOptions options = Options(new Probe { Term = term });
            options.DistillationWeight = 0.1;
            using TrainingFixture fixture = new(options);
            StringAssert.Contains(
                Assert.ThrowsExactly<InvalidOperationException>(() => fixture.Engine.Step(fixture.Batch(1), 1e-4)).Message, expected);
        }
    }

    [TestMethod]
    public void TargetCropsGoThroughTheNetworkOnlyForAMethodThatUsesThem()
    {
        foreach (Action<AdaptationStep> use in new Action<AdaptationStep>[]
        {
            static step => _ = step.TargetFeatures, static step => _ = step.TargetLogits, static step => _ = step.Features,
        })
        {
            IEnumerable<LossTerm> Term(AdaptationStep step)
            {
                Assert.AreEqual(step.Batch.TargetCount, step.TargetImages.shape[0]);
                Assert.AreEqual(step.Batch.SourceCount, step.SourceFeatures.Last.shape[0]);
                use(step);
                return [];
            }

            using TrainingFixture without = new(Options(new Probe { Term = Term, UsesTarget = false }));
            StringAssert.Contains(
                Assert.ThrowsExactly<InvalidOperationException>(() => without.Engine.Step(without.Batch(1), 1e-4)).Message,
                "What the network makes of target crops is there for methods whose NeedsTargetFeatures says so.");

            using TrainingFixture with = new(Options(new Probe { Term = Term }));
            with.Engine.Step(with.Batch(1), 1e-4);
        }
    }

    [TestMethod]
    public void AMethodMaySayWhoseWeightsAreTheResultAndKeepThemInCheckpoints()
    {
        using TemporaryFolder folder = new();
        byte[] whole = Train(folder["whole"], 4);
        byte[] none = Train(folder["none"], 4, decay: 0);
        Train(folder["broken"], 2);
        byte[] resumed = Train(folder["broken"], 4);

        CollectionAssert.AreEqual(whole, resumed);
        CollectionAssert.AreNotEqual(whole, none);

        static byte[] Train(string directory, int until, double decay = 0.5)
        {
            using CancellationTokenSource source = new();
            RoadTrainingOptions options = Options(new Averaging { Decay = decay });
            options.Iterations = 4;
            options.ProgressInterval = 1;
            options.CheckpointDirectory = directory;
            options.CancellationToken = source.Token;
            options.Progress = new CancelAfter(until, source);
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
    public void ACheckpointOfOtherSettingsOfAMethodIsRefusedByName()
    {
        using TemporaryFolder folder = new();
        Train(0.5);
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => Train(0.25)).Message;
        StringAssert.Contains(message, "Adaptation averaging was averaging {\"Decay\":0.5} and is now averaging {\"Decay\":0.25}");

        void Train(double decay)
        {
            RoadTrainingOptions options = Options(new Averaging { Decay = decay });
            options.Iterations = 1;
            options.CheckpointDirectory = folder["state"];
            using TrainingFixture fixture = new(options);
            fixture.Train(new StripedSource(5, labelled: true), new StripedSource(5, labelled: false));
        }
    }

    [TestMethod]
    public void WhatWasNotAskedForIsNotThere()
    {
        Probe probe = new()
        {
            NeedsTwin = false,
            Term = static step =>
            [
                new LossTerm("L_probe", step.PretrainedFeatures(true).mean(), step.PretrainedFeatures(true).mean()),
            ]
        };
        using TrainingFixture fixture = new(Options(probe));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(
                () => fixture.Engine.Step(fixture.Batch(1), 1e-4)).Message, "NeedsPretrainedBackbone");
    }

    private static RoadTrainingOptions Options(AdaptationMethod method)
    {
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 2, Iterations = 2, LoaderWorkers = 1, LearningRate = 1e-3 };
        options.Adaptations.Reset(method);
        return options;
    }

    private sealed class CancelAfter(int iteration, CancellationTokenSource source) : IProgress<RoadProgress>
    {
        public void Report(RoadProgress value)
        {
            if (value.Iteration == iteration)
            {
                source.Cancel();
            }
        }
    }

    private sealed class Probe : AdaptationMethod
    {
        public required Func<AdaptationStep, IEnumerable<LossTerm>> Term { get; init; }

        public Action<long> Done { get; init; } = static _ => { };

        public Action<AdaptationContext> Made { get; init; } = static _ => { };

        public Func<AdaptationStep, IEnumerable<LossTerm>> SeparateTerm { get; set; } = static _ => [];

        public bool NeedsTwin { get; init; } = true;

        public override string Name => "probe";

        public override bool NeedsPretrainedBackbone => NeedsTwin;

        public bool UsesTarget { get; init; } = true;

        public override bool NeedsTargetFeatures => UsesTarget;

        public override Adapter Create(AdaptationContext context)
        {
            Made(context);
            return new Adapt(this);
        }

        private sealed class Adapt(Probe probe) : Adapter
        {
            public override IEnumerable<LossTerm> Losses(AdaptationStep step) => probe.Term(step);

            public override IEnumerable<LossTerm> SeparateLosses(AdaptationStep step) => probe.SeparateTerm(step);

            public override void StepDone(long iteration) => probe.Done(iteration);
        }
    }

    /// <summary>The result is the running mean of the weights.</summary>
    private sealed class Averaging : AdaptationMethod
    {
        public double Decay { get; set; }

        public override string Name => "averaging";

        public override Adapter Create(AdaptationContext context) => new Adapt(context, Decay);

        private sealed class Adapt(AdaptationContext context, double decay) : Adapter
        {
            private readonly SegmentationNetwork _mean = context.CreateTwin();

            public override nn.Module Kept => _mean;

            public override SegmentationNetwork Result => _mean;

            public override IEnumerable<LossTerm> Losses(AdaptationStep step) => [];

            public override void StepDone(long iteration)
            {
                using IDisposable noGradient = no_grad();
                foreach ((Parameter kept, Parameter moved) in _mean.parameters().Zip(context.Network.parameters()))
                {
                    using DisposeScope scope = NewDisposeScope();
                    kept.TimesInPlace(decay).PlusInPlace(moved, 1 - decay);
                }
            }
        }
    }
}
