using Road.Torch.Adaptation;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class EngineStateTests
{
    [TestMethod]
    [DataRow(DomainAdversary.GradientReversal, RivalMethod.None, Precision.Float32)]
    [DataRow(DomainAdversary.InvertedLabels, RivalMethod.None, Precision.Float32)]
    [DataRow(DomainAdversary.GradientReversal, RivalMethod.None, Precision.BFloat16)]
    [DataRow(DomainAdversary.GradientReversal, RivalMethod.FcnsInTheWild, Precision.Float32)]
    [DataRow(DomainAdversary.GradientReversal, RivalMethod.FcnsInTheWild, Precision.BFloat16)]
    public void AnEngineThatTakesOverTheStateOfAnotherGoesOnBitForBit(DomainAdversary adversary, RivalMethod rival, Precision precision)
    {
        RoadTrainingOptions options = new()
        {
            CropSize = 32,
            BatchSize = 2,
            DomainAdversary = adversary,
            Rival = rival,
            Precision = precision,
            SpatialWeight = rival == RivalMethod.None ? 0.1 : 0,
            LearningRate = 1e-2,
        };
        using TemporaryFolder folder = new();
        string path = folder["state.safetensors"];
        byte[] expected = Train(options, 0, 4, null, null);

        Train(options, 0, 2, null, path);
        byte[] resumed = Train(options, 2, 4, path, null);

        CollectionAssert.AreEqual(expected, resumed);
        CollectionAssert.AreNotEqual(expected, Train(options, 0, 2, null, null));
    }

    [TestMethod]
    public void AStateOfAnotherTrainingNamesFileAndTensor()
    {
        using TemporaryFolder folder = new();
        string path = folder["state.safetensors"];
        Train(new() { CropSize = 32, BatchSize = 1, SpatialWeight = 0 }, 0, 1, null, path);

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => Train(new() { CropSize = 32, BatchSize = 1 }, 1, 2, path, null));

        StringAssert.Contains(error.Message, path);
        StringAssert.Contains(error.Message, "trained.spatial-alignment.classifiers.");
    }

    private static byte[] Train(RoadTrainingOptions options, int from, int to, string? restored, string? stored)
    {
        byte[] weights;
        using (TrainingFixture fixture = new(options, new DropoutFactory()))
        {
            fixture.Engine.Prepare(Enumerable.Range(0, 4).Select(i => fixture.Batch(50 + i)));
            if (restored is not null)
            {
                using SafetensorsFile file = SafetensorsFile.Open(restored);
                fixture.Engine.Restore(file);
            }

            for (int step = from; step < to; step++)
            {
                fixture.Engine.Step(fixture.Batch(step), options.LearningRate);
            }

            if (stored is not null)
            {
                using DisposeScope scope = NewDisposeScope();
                SafetensorsWriter.Write(stored, fixture.Engine.State());
            }

            // In bfloat16 the float32 weights return when the engine goes.
            fixture.Engine.Dispose();
            weights = fixture.WeightBytes();
        }

        return weights;
    }
}
