using System.Text;
using System.Text.Json.Nodes;
using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

/// <summary>A checkpoint's file: what is refused, and what a broken write leaves.</summary>
[TestClass]
public sealed class TrainingCheckpointTests
{
    [TestMethod]
    public void ATrainingThatIsDoneIsNotTrainedAgain()
    {
        using TemporaryFolder folder = new();
        List<RoadProgress> seen = [];
        byte[] first = Train(Options(folder));
        RoadTrainingOptions options = Options(folder);
        options.Progress = new ProgressRecorder(seen);

        CollectionAssert.AreEqual(first, Train(options));
        Assert.IsEmpty(seen);
    }

    [TestMethod]
    public void TheFolderHoldsOneFileWhateverAKilledWriteHasLeft()
    {
        using TemporaryFolder folder = new();
        string leftover = folder[$"state/checkpoint.safetensors.{Guid.NewGuid():N}.tmp"];
        string foreign = folder["state/notes.tmp"];
        Directory.CreateDirectory(folder["state"]);
        File.WriteAllBytes(leftover, [1, 2, 3]);
        File.WriteAllBytes(foreign, [1, 2, 3]);

        Train(Options(folder));

        CollectionAssert.AreEquivalent(new[] { Checkpoint(folder), foreign }, Directory.GetFiles(folder["state"]));
    }

    [TestMethod]
    [DynamicData(nameof(Damages))]
    public void ADamagedOrForeignFileIsNamedWithTheCause(string cause, Action<string> damage)
    {
        using TemporaryFolder folder = new();
        Train(Options(folder));
        damage(Checkpoint(folder));

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => Train(Options(folder)));

        StringAssert.Contains(error.Message, Checkpoint(folder));
        StringAssert.Contains(error.Message, cause);
    }

    public static IEnumerable<object[]> Damages =>
    [
        ["bytes of tensors, its header states", (Action<string>)(path => File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]))],
        ["within the 8 bytes of the header's length", (Action<string>)(path => File.WriteAllBytes(path, []))],
        ["It may not be a safetensors file", (Action<string>)(path => File.WriteAllText(path, "This is a text, and no checkpoint."))],
        ["has no entry 'road.checkpoint'", (Action<string>)(path => Rewrite(path, null))],
        ["its version is 4, but 3 is expected", (Action<string>)(path => Rewrite(path, content => content["version"] = 4))],
        ["states no version", (Action<string>)(path => Rewrite(path, content => content.Remove("version")))],
        ["is damaged", (Action<string>)(path => Rewrite(path, content => content.Remove("facts")))],
        ["it tells of 9 steps", (Action<string>)(path => Rewrite(path, content => content["iteration"] = 9))],
        [
            "it tells of 1 steps",
            (Action<string>)(path => Rewrite(path, content => (content["iteration"], content["batchesDrawn"]) = (1, 0)))],
        ["it tells of 2 steps", (Action<string>)(path => Rewrite(path, content => content["rateFactor"] = 0))],
        ["its metadata lacks the digest", (Action<string>)(path => Rewrite(path, static _ => { }, withDigest: false))],
        ["is not the 64 digits", (Action<string>)(path => Edit(path, "road.sha256\":\"", "z"))],
        ["has another SHA-256", (Action<string>)(path => Edit(path, "\\\"seconds\\\":", "9"))],
        ["lacks the tensor 'network.", (Action<string>)(path => Rewrite(path, static _ => { }, static (_, _) => null))],
        ["lacks the tensor 'optimizer.velocity.3'", (Action<string>)(path => Rewrite(
            path, static _ => { }, static (name, tensor) => name == "optimizer.velocity.3" ? null : tensor))],
        ["holds the tensor 'extra', which is not expected", (Action<string>)(path => Rewrite(path, static _ => { }, added: "extra"))],
        ["the tensor 'optimizer.velocity.0' holds a number that is not finite", (Action<string>)(path => Rewrite(
            path, static _ => { }, static (name, tensor) => name == "optimizer.velocity.0" ? full_like(tensor, float.NaN) : tensor))],
        ["is Float32 [1]", (Action<string>)(path => Rewrite(path, static _ => { }, static (_, _) => ones(1)))],
    ];

    [TestMethod]
    [DynamicData(nameof(Changes))]
    public void AChangedOptionIsRefusedWithBothValues(string difference, Action<RoadTrainingOptions> change)
    {
        using TemporaryFolder folder = new();
        Train(Options(folder));
        RoadTrainingOptions options = Options(folder);
        change(options);

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Train(options));

        StringAssert.Contains(error.Message, Checkpoint(folder));
        StringAssert.Contains(error.Message, $": {difference}. ");
    }

    public static IEnumerable<object[]> Changes =>
    [
        Change("LearningRate was 0.01 and is now 0.02", static options => options.LearningRate = 0.02),
        Change("Iterations was 2 and is now 3", static options => options.Iterations = 3),
        Change("Mirror was True and is now False", static options => options.Mirror = false),
        Change("CropScale was 1 to 1 and is now 0.5 to 1", static options => options.CropScale = new ScaleRange(0.5, 1)),
        Change("ClassifierLearningRateMultiplier was null and is now 2", static options => options.ClassifierLearningRateMultiplier = 2),
        Change(
            "Losses.ClassWeights was null and is now Road.Torch.Training.FrequencyWeights {\"Power\":0.5,\"Largest\":20}; "
            + "Losses.FocalGamma was 0 and is now 2",
            static options =>
            {
                options.Losses.ClassWeights = new FrequencyWeights();
                options.Losses.FocalGamma = 2;
            }),
        Change(
            "Adaptation distillation EndIteration was not set and is now 1",
            static options => options.Adaptations.OfType<Distillation>().Single().EndIteration = 1),
        Change("BadSamples was Stop and is now Skip", static options => options.BadSamples = BadSamplePolicy.Skip),
        Change(
            "Momentum was 0.9 and is now 0.8; WeightDecay was 0.0005 and is now 0",
            static options =>
            {
                options.Momentum = 0.8;
                options.WeightDecay = 0;
            }),
    ];

    [TestMethod]
    public void AnotherSeedIsRefused()
    {
        using TemporaryFolder folder = new();
        Train(Options(folder), seed: 3);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => Train(Options(folder), seed: 4)).Message,
            "Seed was 11, 3, 4 and is now 11, 4, 5.");
    }

    private static object[] Change(string difference, Action<RoadTrainingOptions> change) => [difference, change];

    private static string Checkpoint(TemporaryFolder folder) => Path.GetFullPath(folder["state/checkpoint.safetensors"]);

    private static RoadTrainingOptions Options(TemporaryFolder folder) => new()
    {
        CropSize = 32,
        BatchSize = 1,
        Iterations = 2,
        LearningRate = 0.01,
        LoaderWorkers = 1,
        CheckpointDirectory = folder["state"],
    };

    private static byte[] Train(RoadTrainingOptions options, int seed = 3)
    {
        using TrainingFixture fixture = new(options);
        fixture.Train(new StripedSource(8, labelled: true), new StripedSource(8, labelled: false), seed);
        return fixture.WeightBytes();
    }

    /// <summary>Writes a text over what follows another in a file.</summary>
    private static void Edit(string path, string before, string text)
    {
        byte[] content = File.ReadAllBytes(path);
        int start = content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(before));
        Assert.IsGreaterThanOrEqualTo(0, start);
        Encoding.UTF8.GetBytes(text, content.AsSpan(start + before.Length));
        File.WriteAllBytes(path, content);
    }

    /// <summary>Writes a checkpoint again with another entry in its metadata, or none, and other tensors.</summary>
    private static void Rewrite(
        string path, Action<JsonObject>? change, Func<string, Tensor, Tensor?>? replace = null, string? added = null,
        bool withDigest = true)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonObject content;
        List<KeyValuePair<string, Tensor>> tensors = added is null ? [] : [new(added, ones(1))];
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            content = JsonNode.Parse(file.Metadata["road.checkpoint"])!.AsObject();
            foreach (WeightsEntry entry in file.Entries)
            {
                Tensor tensor = file.ReadTensor(entry.Name);
                if ((replace is null ? tensor : replace(entry.Name, tensor)) is { } written)
                {
                    tensors.Add(new(entry.Name, written));
                }
            }
        }

        change?.Invoke(content);
        Dictionary<string, string> metadata = change is null ? [] : new() { ["road.checkpoint"] = content.ToJsonString() };
        if (!withDigest)
        {
            SafetensorsWriter.Write(path, tensors, metadata);
            return;
        }

        using FileStream stream = File.Create(path);
        SafetensorsWriter.WriteWithDigest(stream, tensors, metadata);
    }
}
