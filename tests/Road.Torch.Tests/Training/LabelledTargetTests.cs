using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;
using Method = Road.Torch.Adaptation.SelfTraining;

namespace Road.Torch.Tests.Training;

/// <summary>Trainings of which some target images have labels.</summary>
[TestClass]
public sealed class LabelledTargetTests
{
    private const int Side = 48;

    [TestMethod]
    [DataRow("deeplab-squeezenet1_1")]
    [DataRow("deeplab-resnet18")]
    public void GradientsAreThoseOfAHandMadeBatch(string network)
    {
        // With as many labelled pixels in both, the mean over all crops as a batch of source crops is half the sum of the two means.
        using TrainingFixture fixture = new(Options(), network);
        using DisposeScope scope = NewDisposeScope();
        Crop[] source = Crops(0, 2);
        Crop[] target = Crops(10, 2);

        float[][] expected = Gradients(fixture, new TrainingBatch([.. source, .. target], []));
        float[][] actual = Gradients(fixture, new TrainingBatch(source, [], target));

        for (int i = 0; i < expected.Length; i++)
        {
            float scale = expected[i].Select(Math.Abs).DefaultIfEmpty().Max() + 1e-6f;
            for (int j = 0; j < expected[i].Length; j++)
            {
                Assert.AreEqual(2 * expected[i][j] / scale, actual[i][j] / scale, 2e-3);
            }
        }
    }

    [TestMethod]
    public void TheWeightedLossIsAddedAndToldOfByItsName()
    {
        RoadTrainingOptions options = Options();
        options.TargetLabelWeight = 0.25;
        using TrainingFixture fixture = new(options);
        using DisposeScope scope = NewDisposeScope();
        double source = fixture.Engine.Loss(new TrainingBatch(Crops(0, 2), []))!.item<float>();
        double target = fixture.Engine.Loss(new TrainingBatch(Crops(10, 3), []))!.item<float>();
        fixture.Engine.ReadLosses();

        double joint = fixture.Engine.Loss(new TrainingBatch(Crops(0, 2), [], Crops(10, 3)))!.item<float>();

        Assert.AreEqual(source + (0.25 * target), joint, 1e-5);
        StepLosses losses = fixture.Engine.ReadLosses();
        Assert.AreEqual(target, losses.TargetSegmentation!.Value, 1e-5);
        Assert.AreEqual("L_seg L_tgt", string.Join(' ', losses.All.Select(static loss => loss.Name)));
        Assert.AreEqual(losses.TargetSegmentation, losses["L_tgt"]);
    }

    [TestMethod]
    public void MethodsTakeLabelledTargetCropsForNeitherDomain()
    {
        RoadTrainingOptions options = new() { CropSize = Side, BatchSize = 1, DistillationWeight = 0.1, SpatialWeight = 0.01 };
        using TrainingFixture fixture = new(options);
        TrainingBatch batch = fixture.Batch(1);
        using DisposeScope scope = NewDisposeScope();
        fixture.Engine.Loss(batch);
        StepLosses without = fixture.Engine.ReadLosses();
        Crop[] source = Split(batch, 0, batch.SourceCount, batch.Labels);
        Crop[] target = Split(batch, batch.SourceCount, batch.TargetCount, null);

        fixture.Engine.Loss(new TrainingBatch(source, target, Crops(10, 3)));
        StepLosses with = fixture.Engine.ReadLosses();

        Assert.IsNotNull(with["L_spt"]);
        Assert.AreEqual(without["L_seg"], with["L_seg"]);
        Assert.AreEqual(without["L_spt"], with["L_spt"]);
        Assert.AreEqual(without["L_dist"], with["L_dist"]);
        Assert.IsNull(without["L_tgt"]);
        Assert.IsNotNull(with["L_tgt"]);
    }

    [TestMethod]
    public void CropsWithoutAPixelThatCountsAndAWeightOfZeroAddNothing()
    {
        Crop ignored = Crops(10, 1)[0];
        Array.Fill(ignored.Labels!, DecodedSample.IgnoredLabel);
        using TrainingFixture fixture = new(Options());
        fixture.Engine.Step(new TrainingBatch(Crops(0, 1), [], [ignored]), 1e-3);
        Assert.IsNull(fixture.Engine.ReadLosses().TargetSegmentation);

        RoadTrainingOptions options = Options();
        options.TargetLabelWeight = 0;
        using TrainingFixture off = new(options);
        off.Engine.Step(new TrainingBatch(Crops(0, 1), [], Crops(10, 1)), 1e-3);
        Assert.IsNull(off.Engine.ReadLosses().TargetSegmentation);
    }

    [TestMethod]
    public void SelfTrainingKnowsTheClassesOfLabelledPixels()
    {
        // No guess of the teacher reaches its threshold, so none counts; pixels whose class is known do all the same.
        RoadTrainingOptions options = Options();
        options.Adaptations.Add(new Method { Threshold = 1, StrongAugmentation = false });
        using TrainingFixture fixture = new(options);
        using DisposeScope scope = NewDisposeScope();
        Crop[] target = Crops(10, 2);
        Array.Fill(target[0].Labels!, (byte)1, 0, 100);
        Array.Fill(target[0].Labels!, DecodedSample.IgnoredLabel, 100, 50);
        TrainingBatch batch = new(Crops(0, 2), [target[0], target[1] with { Labels = null }]);
        PseudoLabeler labeler = fixture.Engine.Adaptations.Select(
            static adaptation => adaptation.Adapter.Kept).OfType<PseudoLabeler>().Single();
        (long[] classes, float[] weights) known = Label(fixture, labeler, batch);
        (long[] classes, float[] weights) guessed = Label(
            fixture, labeler, new TrainingBatch(Crops(0, 2), [target[0] with { Labels = null }, target[1] with { Labels = null }]));

        int pixels = Side * Side;
        for (int i = 0; i < 2 * pixels; i++)
        {
            bool isKnown = i < pixels && target[0].Labels![i] != DecodedSample.IgnoredLabel;
            Assert.AreEqual(isKnown ? target[0].Labels![i] : guessed.classes[i], known.classes[i]);
            Assert.AreEqual(isKnown ? 1 : guessed.weights[i], known.weights[i]);
        }

        Assert.IsTrue(guessed.weights.All(static weight => weight == 0));
    }

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void ATrainingGoesOnToTheSameWeights(Precision precision)
    {
        using TemporaryFolder folder = new();
        byte[] whole = Train(precision, iterations: 4, folder["whole"], stopAfter: null);
        byte[] other = Train(precision, iterations: 4, directory: null, stopAfter: null, labelled: 2);
        Train(precision, iterations: 4, folder["broken"], stopAfter: 2);
        byte[] resumed = Train(precision, iterations: 4, folder["broken"], stopAfter: null);

        CollectionAssert.AreEqual(whole, resumed);
        CollectionAssert.AreNotEqual(whole, other);
    }

    [TestMethod]
    public void LabelsOfWhichNoneCountsEndTheTraining()
    {
        RoadTrainingOptions options = Options();
        options.Iterations = 20;
        using TrainingFixture fixture = new(options);
        using CropStream source = Stream(new StripedSource(8, labelled: true), 3);
        using CropStream labelled = Stream(new StripedSource(3, labelled: true) { AllIgnored = true }, 5);
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(
            () => new RoadTraining(fixture.Engine, options, source, null) { LabelledTarget = labelled }.Run());
        StringAssert.Contains(error.Message, "No pixel of the target labels belongs to a class");
    }

    private static RoadTrainingOptions Options() =>
        new() { CropSize = Side, BatchSize = 2, DistillationWeight = 0, SpatialWeight = 0, LoaderWorkers = 1 };

    private static Crop[] Crops(int first, int count)
    {
        StripedSource images = new(100, labelled: true);
        RandomCrop crop = new(Side);
        return [.. Enumerable.Range(first, count).Select(i => crop.Apply(images.Sample(i), new Random(i)))];
    }

    private static Crop[] Split(TrainingBatch batch, int first, int count, byte[]? labels)
    {
        int pixels = batch.Size * batch.Size;
        return [.. Enumerable.Range(0, count).Select(i => new Crop(
            batch.Pixels[((first + i) * pixels * 3)..((first + i + 1) * pixels * 3)],
            labels?[(i * pixels)..((i + 1) * pixels)],
            batch.Windows[first + i],
            0,
            true))];
    }

    private static float[][] Gradients(TrainingFixture fixture, TrainingBatch batch)
    {
        fixture.Network.zero_grad();
        fixture.Engine.Loss(batch)!.backward();
        return [.. fixture.Network.parameters().Select(static parameter => parameter.grad?.data<float>().ToArray() ?? [])];
    }

    private static (long[] Classes, float[] Weights) Label(TrainingFixture fixture, PseudoLabeler labeler, TrainingBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = zeros(batch.SourceCount + batch.TargetCount, 3, batch.Size, batch.Size);
        using AdaptationStep step = new(
            fixture.Network, null, 1, 0, batch, images, null, fixture.Network.Extract(images.narrow(0, 0, batch.SourceCount)), null);
        labeler.HasBegun(step);
        (Tensor classes, Tensor weights) = labeler.Label(step);
        return (classes.data<long>().ToArray(), weights.data<float>().ToArray());
    }

    private static CropStream Stream(ISampleSource source, int seed) => new(source, new RandomCrop(Side), "domain", seed, 1);

    private static byte[] Train(Precision precision, int iterations, string? directory, int? stopAfter, int labelled = 3)
    {
        using CancellationTokenSource cancellation = new();
        RoadTrainingOptions options = Options();
        options.Iterations = iterations;
        options.BatchSize = 1;
        options.TargetLabelCrops = 2;
        options.Precision = precision;
        options.LearningRate = 1e-3;
        options.CheckpointDirectory = directory;
        options.CancellationToken = cancellation.Token;
        options.ProgressInterval = 1;
        options.Progress = new ProgressRecorder([], progress =>
        {
            if (progress.Iteration == stopAfter)
            {
                cancellation.Cancel();
            }
        });
        options.Adaptations.Add(new Method { StartIteration = 1 });
        using TrainingFixture fixture = new(options);
        using CropStream source = Stream(new StripedSource(8, labelled: true), 3);
        using CropStream target = Stream(new StripedSource(8, labelled: true), 4);
        using CropStream labels = Stream(new StripedSource(labelled, labelled: true), 5);
        RoadTraining training = new(fixture.Engine, options, source, target) { LabelledTarget = labels };
        if (stopAfter is null)
        {
            training.Run();
        }
        else
        {
            Assert.ThrowsExactly<TrainingCanceledException>(training.Run);
        }

        return fixture.WeightBytes();
    }
}
