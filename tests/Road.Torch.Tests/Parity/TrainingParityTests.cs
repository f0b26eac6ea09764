using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Tests.Training;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static Road.Torch.Tests.Parity.ParityTraining;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Parity;

/// <summary>Losses, gradients and a whole training against PyTorch; <c>tests/fixtures/training.py</c> writes its side.</summary>
[TestClass]
public sealed class TrainingParityTests
{
    private const int Steps = 20;
    private const double Tolerance = 1e-3;
    private const double GradientTolerance = 1e-4;

    [TestMethod]
    public void TheSourceLossAndItsGradient()
    {
        using SafetensorsFile expected = Open("losses");
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Formula.Uniform("logits", [2, 3, 5, 6], 2).requires_grad_();
        Tensor labels = tensor(Formula.Bytes("labels", 2 * 17 * 21, 4).Select(Label).ToArray(), [2, 17, 21]).to(ScalarType.Int64);

        Tensor loss = SegmentationLoss.Compute(logits, labels);
        loss.backward();

        Assert.IsLessThan(GradientTolerance, Error(loss, expected, "segmentation"));
        Assert.IsLessThan(GradientTolerance, Error(logits.grad!, expected, "segmentation.gradient"));
    }

    [TestMethod]
    public void TheDistillationLossAndItsGradient()
    {
        using SafetensorsFile expected = Open("losses");
        using DisposeScope scope = NewDisposeScope();
        Tensor student = Formula.Uniform("student", [2, 16, 5, 4], 2);
        Tensor teacher = Formula.Uniform("teacher", [2, 16, 5, 4], 2);
        student[0, TensorIndex.Colon, 1, 2] = teacher[0, TensorIndex.Colon, 1, 2];
        student.requires_grad_();

        Tensor loss = DistillationLoss.Compute(student, teacher);
        loss.backward();

        Assert.IsLessThan(GradientTolerance, Error(loss, expected, "distillation"));
        Assert.IsLessThan(GradientTolerance, Error(student.grad!, expected, "distillation.gradient"));
    }

    [TestMethod]
    public void TheSpatialLossAndItsGradients()
    {
        using SafetensorsFile expected = Open("losses");
        using DisposeScope scope = NewDisposeScope();
        using SpatialAdaptation spatial = new(512, new RegionGrid(3, 3));
        Formula.Fill(spatial, Gain);
        Tensor features = Formula.Uniform("features", [4, 512, 5, 5], 1).requires_grad_();

        Tensor loss = spatial.Loss(features, [.. Enumerable.Range(0, 4).Select(n => Window($"window.{n}", 40))], 2, 0.25)!;
        loss.backward();

        Assert.IsLessThan(GradientTolerance, Error(loss, expected, "spatial"));
        Assert.IsLessThan(GradientTolerance, Error(features.grad!.slice(1, 0, 512, 16), expected, "spatial.gradient"));
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in spatial.named_parameters())
        {
            Tensor gradient = parameter.grad ?? zeros_like(parameter);
            Assert.IsLessThan(
                GradientTolerance, Error(gradient.flatten().slice(0, 0, gradient.numel(), 97), expected, $"spatial.{name}"), name);
        }
    }

    [TestMethod]
    public void TwentyStepsOfTheWholeMethodEndAtTheSameWeights()
    {
        using SafetensorsFile expected = Open("training");
        using DisposeScope scope = NewDisposeScope();
        RoadTrainingOptions options = new() { CropSize = 56, BatchSize = 2 };
        DeepLabV2Factory factory = new() { BackboneName = "squeezenet1_1" };
        using SegmentationNetwork network = factory.Create(3);
        Formula.Fill(network, Gain);
        using Backbone teacher = factory.CreateBackbone();
        Formula.Fill(teacher, Gain, "backbone.");
        using (no_grad())
        {
            // Where the maps are equal but for rounding, the direction of Eq. 1's gradient is noise.
            foreach (TorchSharp.Modules.Parameter parameter in teacher.parameters())
            {
                parameter.mul_(1.05);
            }
        }

        using RoadEngine engine = new(network, teacher, options, InputNormalization.ImageNet, CPU, seed: 1);
        Formula.Fill(engine.DomainClassifiers(), Gain);
        LearningRateSchedule schedule = new(options.LearningRate, Steps, options.LearningRateDecay, warmUp: 2);

        float[] losses = expected.ReadTensor("losses").data<float>().ToArray();
        for (int step = 0; step < Steps; step++)
        {
            TrainingBatch batch = Batch(step, options.CropSize, options.BatchSize);
            if (step == 0)
            {
                engine.NormalizeFeatures(batch);
                Assert.IsLessThan(GradientTolerance, Error(network.FeatureScale, expected, "feature_scale"));
            }

            engine.Step(batch, schedule.Rate(step));
            StepLosses actual = engine.ReadLosses();
            AssertClose(losses[3 * step], actual.Segmentation, $"L_seg of step {step}");
            AssertClose(losses[(3 * step) + 1], actual["L_dist"], $"L_dist of step {step}");
            AssertClose(losses[(3 * step) + 2], actual["L_spt"], $"L_spt of step {step}");
        }

        IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> trained =
            network.named_parameters().Concat(engine.DomainClassifiers().named_parameters()).Select(pair => (pair.name, pair.parameter));
        int count = 0;
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in trained)
        {
            // Of how far the weight has come, not of the weight: most of that was given.
            Tensor start = Formula.Weight(name, parameter.shape, Gain(name));
            Tensor moved = Sample(parameter - start);
            Tensor expectedMove = expected.ReadTensor(name) - Sample(start);
            Assert.IsLessThan(Tolerance, Error(Sample(parameter), expected.ReadTensor(name)), name);
            Assert.IsLessThan(20 * Tolerance, Error(moved, expectedMove), $"the way of {name}");
            count++;
        }

        Assert.AreEqual(expected.Entries.Count - 2, count);
    }

    private static void AssertClose(double expected, double? actual, string what) =>
        Assert.AreEqual(expected, actual!.Value, Tolerance * Math.Max(Math.Abs(expected), 1e-2), what);
}
