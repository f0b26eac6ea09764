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

/// <summary>
/// Whole trainings with self-training against PyTorch, with every draw of the mixing, the colours and the masks;
/// <c>tests/fixtures/self_training.py</c> writes its side.
/// </summary>
[TestClass]
public sealed class SelfTrainingParityTests
{
    private const int Steps = 20;
    private const double Tolerance = 2e-5;

    // Pixels near their class's threshold are many: one that counts on this processor alone is that much of a loss.
    private const double ToleranceOfPixels = 4e-4;

    private static readonly int[] Things = [1];

    [TestMethod]
    public void TwentyStepsByThresholdWithFeatureDistanceAndMasksEndAtTheSameWeights() => Compare(
        "threshold.",
        Tolerance,
        ["L_fd", "L_mix", "L_mask"],
        new SelfTraining
        {
            Alpha = 0.9,
            Threshold = 0.4,
            IgnoredTop = 6,
            IgnoredBottom = 12,
            FeatureDistanceWeight = 0.005,
            ThingClasses = Things,
        },
        new MaskedConsistency { BlockSize = 14 });

    [TestMethod]
    public void TwentyStepsOfClassBalancedLabelsEndAtTheSameWeights() => Compare(
        "balanced.",
        ToleranceOfPixels,
        ["L_mix"],
        new SelfTraining { Alpha = 0.9, Selection = PseudoLabelSelection.ClassBalanced, IgnoredTop = 6, IgnoredBottom = 12 });

    private static void Compare(string prefix, double tolerance, string[] names, params AdaptationMethod[] methods)
    {
        using SafetensorsFile expected = Open("self_training");
        using DisposeScope scope = NewDisposeScope();
        TrainingOptions options = new(methods) { CropSize = 56, BatchSize = 2, LearningRate = 5e-5 };
        DeepLabV2Factory factory = new() { BackboneName = "squeezenet1_1" };
        using SegmentationNetwork network = factory.Create(3);
        Formula.Fill(network, Gain);
        using Backbone pretrained = factory.CreateBackbone();
        Formula.Fill(pretrained, Gain, "backbone.");
        using (no_grad())
        {
            foreach (TorchSharp.Modules.Parameter parameter in pretrained.parameters())
            {
                parameter.mul_(1.05);
            }
        }

        using RoadEngine engine = new(
            network, pretrained, options, InputNormalization.ImageNet, CPU, seed: 5, () => factory.Create(3));
        LearningRateSchedule schedule = new(options.LearningRate, Steps, options.LearningRateDecay, warmUp: 2);
        float[] losses = expected.ReadTensor(prefix + "losses").data<float>().ToArray();
        for (int step = 0; step < Steps; step++)
        {
            TrainingBatch batch = Batch(step, options.CropSize, options.BatchSize);
            if (step == 0)
            {
                engine.NormalizeFeatures(batch);
            }

            engine.Step(batch, schedule.Rate(step));
            StepLosses actual = engine.ReadLosses();
            string[] all = ["L_seg", .. names];
            for (int i = 0; i < all.Length; i++)
            {
                double loss = losses[(all.Length * step) + i];
                Assert.AreEqual(loss, actual[all[i]]!.Value, tolerance * Math.Max(loss, 0.1), $"{all[i]} of step {step}");
            }
        }

        // The teacher has followed once more, for a step that does not come.
        PseudoLabeler labeler = (PseudoLabeler)engine.Adapter<SelfTrainingAdapter>().Kept!;
        foreach ((string name, TorchSharp.Modules.Parameter weight) in network.named_parameters())
        {
            Tensor trained = Sample(weight, 16);
            Assert.IsLessThan(tolerance, Error(trained, expected, prefix + name), name);
            Tensor teacher = labeler.Teacher.named_parameters().Single(pair => pair.name == name).parameter;
            Tensor before = (Sample(teacher, 16) - (trained * 0.1)) / 0.9;
            Assert.IsLessThan(tolerance, Error(before, expected, $"{prefix}teacher.{name}"), $"the teacher's {name}");
        }
    }
}
