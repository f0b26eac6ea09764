using Microsoft.ML;
using Road.Torch;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;

namespace Road.MLNet.Tests.Training;

/// <summary>A training that was cancelled and goes on is, to the bit, the one that was left alone.</summary>
[TestClass]
public sealed class RoadTrainerCheckpointTests
{
    private const int Iterations = 6;
    private const int Break = 3;

    public static IEnumerable<object[]> Trainings =>
    [
        .. AdaptationVariants.Names.SelectMany(static _ => Enum.GetValues<Precision>(), static (variant, precision) =>
            Training($"{variant} in {precision}", options => SetVariant(options, variant, precision))),
        .. Enum.GetValues<Precision>().Select(static precision => Training($"every loss in {precision}", options =>
        {
            SetVariant(options, "road-self-training", precision);
            options.Losses = new SegmentationLossOptions
            {
                ClassWeights = new EffectiveNumberWeights { PixelsPerSample = 10 },
                HardPixelThreshold = 0.7,
                FocalGamma = 0.5,
                DiceWeight = 1,
                LabelSmoothing = 0.1,
            };
        })),
        Training("several crops of an image", static options => options.CropsPerImage = 3),
        Training("rare classes", static options => options.Loading.RareClasses = new RareClassOptions()),
        Training("rare classes in bfloat16", static options =>
        {
            SetVariant(options, "self-training", Precision.BFloat16);
            options.Loading.RareClasses = new RareClassOptions { Temperature = 0.1 };
        }),
        Training("dropout", static options => options.Network = new PspNetFactory { BackboneName = "squeezenet1_1" }),
    ];

    [TestMethod]
    [DynamicData(nameof(Trainings))]
    public void ACancelledTrainingGoesOnToTheSameWeights(string name, Action<RoadTrainerOptions> configure)
    {
        using var folders = new TrainingFolders();
        byte[] expected = Train(folders, configure);

        Interrupt(folders, configure);
        byte[] resumed = Train(folders, options =>
        {
            configure(options);
            options.CheckpointDirectory = folders.Combine("state");
            options.LoaderWorkers = 3;
            options.SampleCacheBytes = 1 << 20;
        });

        CollectionAssert.AreEqual(expected, resumed, name);
    }

    [TestMethod]
    public void ATrainingOfAViewThatCannotBeShuffledAndOfBadSamplesGoesOnToTheSameWeights()
    {
        using var folders = new TrainingFolders();
        byte[] image = File.ReadAllBytes(folders.SourceImage(1));
        File.WriteAllBytes(folders.SourceImage(1), image[..(image.Length / 2)]);
        byte[] expected = Train(folders, Configure, canShuffle: false);

        Interrupt(folders, Configure, canShuffle: false);
        byte[] resumed = Train(folders, options =>
        {
            Configure(options);
            options.CheckpointDirectory = folders.Combine("state");
            options.LoaderWorkers = 2;
        }, canShuffle: false);

        CollectionAssert.AreEqual(expected, resumed);

        static void Configure(RoadTrainerOptions options)
        {
            options.BadSamples = BadSamplePolicy.Skip;
            options.CropsPerImage = 2;
        }
    }

    [TestMethod]
    public void AnEvaluationDueWhereTheTrainingGoesOnIsMadeAgainAndTimeIsCarriedOn()
    {
        using var folders = new TrainingFolders();
        Interrupt(folders, static _ => { });
        List<(int Iteration, TimeSpan Elapsed)> seen = [];
        Train(folders, options =>
        {
            options.CheckpointDirectory = folders.Combine("state");
            options.EvaluationInterval = Break;
            options.Evaluation = snapshot =>
            {
                seen.Add((snapshot.Iteration, snapshot.Elapsed));
                snapshot.Model.Dispose();
            };
        });

        CollectionAssert.AreEqual(new[] { Break, Iterations }, seen.Select(static point => point.Iteration).ToArray());
        Assert.IsGreaterThan(TimeSpan.Zero, seen[0].Elapsed);
        Assert.IsGreaterThan(seen[0].Elapsed, seen[1].Elapsed);
    }

    [TestMethod]
    public void AnotherNetworkIsRefused() =>
        AssertRefused(
            static options => options.Network = new PspNetFactory { BackboneName = "squeezenet1_1" }, "Network was ", "RecordingFactory",
            "PspNetFactory");

    [TestMethod]
    public void AnotherSeedIsRefused() => AssertRefused(static _ => { }, ["Seed was "], seed: 8);

    [TestMethod]
    public void OtherClassesAreRefused() => AssertRefused(
        static _ => { },
        ["ClassNames was road, car, sky and is now street, car, sky"],
        encoding: LabelEncoding.FromIds(["street", "car", "sky"]));

    [TestMethod]
    public void OtherWeightsAreRefusedAndMovedOnesAreNot()
    {
        using var folders = new TrainingFolders();
        byte[] expected = Train(folders, options => options.CheckpointDirectory = folders.Combine("state"));
        string moved = folders.Combine("moved.safetensors");
        File.Move(folders.Combine("backbone.safetensors"), moved);
        byte[] again = Train(folders, options =>
        {
            options.CheckpointDirectory = folders.Combine("state");
            options.BackboneWeights = moved;
        });
        CollectionAssert.AreEqual(expected, again);

        using (SegmentationNetwork other = new RecordingFactory().Create(2))
        {
            using torch.Generator generator = new(12);
            other.InitializeWeights(generator);
            SafetensorsWriter.Write(moved, other.Backbone.state_dict());
        }

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Train(folders, options =>
        {
            options.CheckpointDirectory = folders.Combine("state");
            options.BackboneWeights = moved;
        }));
        TrainerFixture.AssertMessage(error, "BackboneWeights was SHA-256 ", " and is now SHA-256 ");
    }

    private static object[] Training(string name, Action<RoadTrainerOptions> configure) => [name, configure];

    private static void SetVariant(RoadTrainerOptions options, string variant, Precision precision)
    {
        AdaptationVariants.Apply(variant, options);

        // The tests' own backbone has a single stage.
        options.FrozenStages = Math.Min(options.FrozenStages, 1);
        options.PreparationCrops = 5;
        options.Precision = precision;

        // A real network where both ways of adapting meet; processors without bfloat16 are slow with it.
        if (precision == Precision.BFloat16 && variant == "road-self-training")
        {
            options.Network = SegmentationNetworks.Get("deeplab-squeezenet1_1");
        }
    }

    private static void AssertRefused(Action<RoadTrainerOptions> change, params string[] parts) => AssertRefused(change, parts, seed: 7);

    private static void AssertRefused(Action<RoadTrainerOptions> change, string[] parts, int seed = 7, LabelEncoding? encoding = null)
    {
        using var folders = new TrainingFolders();
        Interrupt(folders, static _ => { });
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Train(
            folders,
            options =>
            {
                options.CheckpointDirectory = folders.Combine("state");
                change(options);
                if (options.Network is not RecordingFactory)
                {
                    options.BackboneWeights = TrainerFixture.WriteWeights(options.Network, folders.Combine("other.safetensors"));
                }
            },
            seed: seed,
            encoding: encoding));
        TrainerFixture.AssertMessage(error, [folders.Combine("state"), .. parts]);
    }

    /// <summary>Trains until a step in the middle, where the training is cancelled.</summary>
    private static void Interrupt(TrainingFolders folders, Action<RoadTrainerOptions> configure, bool canShuffle = true)
    {
        using CancellationTokenSource cancellation = new();
        Assert.Throws<OperationCanceledException>(() => Train(
            folders,
            options =>
            {
                configure(options);
                options.CheckpointDirectory = folders.Combine("state");
                options.CancellationToken = cancellation.Token;
                options.ProgressInterval = 1;
                options.Progress = new RecordingProgress(progress =>
                {
                    if (progress.Iteration == Break)
                    {
                        cancellation.Cancel();
                    }
                });
            },
            canShuffle));
        Assert.HasCount(1, Directory.GetFiles(folders.Combine("state")));
    }

    private static byte[] Train(
        TrainingFolders folders, Action<RoadTrainerOptions> configure, bool canShuffle = true, int seed = 7, LabelEncoding? encoding = null)
    {
        var ml = new MLContext(seed);
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.DistillationWeight = 0.1;
        options.SpatialWeight = 0.01;
        options.BatchSize = 2;
        options.Iterations = Iterations;
        configure(options);
        if (options.BackboneWeights is null && options.NeedsTeacher)
        {
            options.BackboneWeights = TrainerFixture.WriteWeights(options.Network, folders.Combine("backbone.safetensors"));
        }

        IDataView source = folders.Source(ml, encoding);
        IDataView target = folders.Target(ml);
        using RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(options).Fit(
            canShuffle ? source : new CountingView(source, canShuffle: false), canShuffle
                ? target
                : new CountingView(target, canShuffle: false));
        return TrainerFixture.SavedWeights(ml, model);
    }
}
