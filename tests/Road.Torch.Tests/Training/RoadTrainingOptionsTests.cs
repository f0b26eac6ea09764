using System.Globalization;
using System.Reflection;
using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class RoadTrainingOptionsTests
{
    /// <summary>Each option's name, its allowed range in words, values outside and values at the edges.</summary>
    public static IEnumerable<object[]> Options { get; } =
    [
        Option(nameof(RoadTrainingOptions.DistillationWeight), "0 to 1000", [
            -0.001, 1000.5, double.NaN, double.PositiveInfinity], [0.0, 1000.0]),
        Option(nameof(RoadTrainingOptions.DistillationDomain), "Target, Source", [(DistillationDomain)2, (DistillationDomain)(-1)], [
            DistillationDomain.Source]),
        Option(
            nameof(RoadTrainingOptions.SpatialWeight), "0 to 1000", [-0.001, 1000.5, double.NaN, double.NegativeInfinity], [0.0, 1000.0]),
        Option(
            nameof(RoadTrainingOptions.SpatialWeightReading), "Scaled, Literal", [(SpatialWeightReading)2], [SpatialWeightReading.Literal]),
        Option(nameof(RoadTrainingOptions.RegionRows), "1 to 16", [0, 17, -3], [1, 16]),
        Option(nameof(RoadTrainingOptions.RegionColumns), "1 to 16", [0, 17, -3], [1, 16]),
        Option(nameof(RoadTrainingOptions.DomainAdversary), "GradientReversal, InvertedLabels", [
            (DomainAdversary)2, (DomainAdversary)(-1)], [DomainAdversary.InvertedLabels]),
        Option(nameof(RoadTrainingOptions.Rival), "None, FcnsInTheWild, Curriculum", [(RivalMethod)3, (RivalMethod)(-1)], [
            RivalMethod.FcnsInTheWild, RivalMethod.Curriculum]),
        Option(nameof(RoadTrainingOptions.GlobalAlignmentWeight), "0 to 1000", [-0.001, 1000.5, double.NaN], [0.0, 1000.0]),
        Option(nameof(RoadTrainingOptions.SizeConstraintWeight), "0 to 1000", [-0.001, 1000.5, double.NaN], [0.0, 1000.0]),
        Option(nameof(RoadTrainingOptions.ImageDistributionWeight), "0 to 1000", [-0.001, 1000.5, double.NaN], [0.0, 1000.0]),
        Option(nameof(RoadTrainingOptions.LandmarkWeight), "0 to 1000", [-0.001, 1000.5, double.NaN], [0.0, 1000.0]),
        Option(nameof(RoadTrainingOptions.PreparationCrops), "1 to 100000", [0, 100_001], [1, 100_000]),
        Option(nameof(RoadTrainingOptions.FrozenStages), "0 to 64", [-1, 65], [0, 64]),
        Option(nameof(RoadTrainingOptions.CropSize), "16 to 4096", [15, 4097], [16, 4096]),
        Option(nameof(RoadTrainingOptions.BrightnessJitter), "0 to 1", [-0.1, 1.1, double.NaN], [0.0, 1.0]),
        Option(nameof(RoadTrainingOptions.ContrastJitter), "0 to 1", [-0.1, 1.1, double.NaN], [0.0, 1.0]),
        Option(nameof(RoadTrainingOptions.SaturationJitter), "0 to 1", [-0.1, 1.1, double.NaN], [0.0, 1.0]),
        Option(nameof(RoadTrainingOptions.BlurSigma), "0 to 20", [-0.1, 20.5, double.NaN], [0.0, 20.0]),
        Option(nameof(RoadTrainingOptions.CropsPerImage), "1 to 16", [0, 17], [1, 16]),
        Option(nameof(RoadTrainingOptions.SampleCacheBytes), "0 to 1125899906842624", [-1L, (1L << 50) + 1], [0L, 1L << 50]),
        Option(nameof(RoadTrainingOptions.BadSamples), "Stop, Skip", [(BadSamplePolicy)2], [BadSamplePolicy.Stop, BadSamplePolicy.Skip]),
        Option(
            nameof(RoadTrainingOptions.CropScale), "0.1 to 10", [
                new ScaleRange(0, 1), new ScaleRange(2, 1), new ScaleRange(1, 11), new ScaleRange(double.NaN, 1)], [
                    new ScaleRange(0.1, 10), new ScaleRange(2, 2)]),
        Option(nameof(RoadTrainingOptions.BatchSize), "1 to 1024", [0, 1025], [1, 1024]),
        Option(nameof(RoadTrainingOptions.TargetLabelWeight), "0 to 1000", [-0.1, 1000.5, double.NaN], [0.0, 1000.0]),
        Option(nameof(RoadTrainingOptions.TargetLabelCrops), "1 to 1024", [0, 1025], [1, 1024]),
        Option(nameof(RoadTrainingOptions.Iterations), "1 to 10000000", [0, 10_000_001], [1, 10_000_000]),
        Option(nameof(RoadTrainingOptions.LearningRate), "greater than 0 and at most 10", [0.0, -1.0, 10.5, double.NaN], [1e-12, 10.0]),
        Option(nameof(RoadTrainingOptions.HeadLearningRateMultiplier), "greater than 0 and at most 1000", [
            0.0, 1001.0, double.NaN], [0.5, 1000.0]),
        Option(nameof(RoadTrainingOptions.ClassifierLearningRateMultiplier), "greater than 0 and at most 1000", [
            0.0, 1001.0, double.NaN], [0.5, 1000.0]),
        Option(nameof(RoadTrainingOptions.Momentum), "at least 0 and less than 1", [-0.1, 1.0, double.NaN], [0.0, 0.999]),
        Option(nameof(RoadTrainingOptions.WeightDecay), "0 to 1", [-0.1, 1.5, double.NaN], [0.0, 1.0]),
        Option(nameof(RoadTrainingOptions.PolyPower), "0 to 10", [-0.1, 10.5, double.NaN], [0.0, 10.0]),
        Option(nameof(RoadTrainingOptions.WarmUpIterations), "0 to 1000000", [-1, 1_000_001], [0, 1_000_000]),
        Option(nameof(RoadTrainingOptions.MaxGradientNorm), "0 to 1000000", [-1.0, 1_000_001.0, double.NaN], [0.0, 1_000_000.0]),
        Option(nameof(RoadTrainingOptions.Precision), "Float32, BFloat16", [(Precision)2], [Precision.BFloat16]),
        Option(nameof(RoadTrainingOptions.LoaderWorkers), "1 to 64", [0, 65], [1, 64]),
        Option(nameof(RoadTrainingOptions.ProgressInterval), "1 to 1000000", [0, 1_000_001], [1, 1_000_000]),
        Option(nameof(RoadTrainingOptions.EvaluationInterval), "1 to 10000000", [0, 10_000_001], [1, 10_000_000]),
        Option(nameof(RoadTrainingOptions.CheckpointInterval), "1 to 10000000", [0, 10_000_001], [1, 10_000_000]),
        Option(nameof(RoadTrainingOptions.DivergenceRetries), "0 to 100", [-1, 101], [0, 100]),
        Option(
            nameof(RoadTrainingOptions.DivergenceRateFactor), "at least 0.001 and less than 1", [0.0, 1.0, double.NaN], [0.001, 0.999]),
    ];

    [TestMethod]
    [DynamicData(nameof(Options))]
    public void ValuesOutOfRangeNamePropertyValueAndRange(string name, string range, object[] outside, object[] inside)
    {
        Assert.IsNotEmpty(inside);
        PropertyInfo property = Property(name);
        foreach (object value in outside)
        {
            RoadTrainingOptions options = new();
            object? before = property.GetValue(options);

            ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Set(property, options, value));

            Assert.AreEqual(name, error.ParamName);
            Assert.AreEqual(value, error.ActualValue);
            StringAssert.Contains(error.Message, name);
            StringAssert.Contains(error.Message, Convert.ToString(value, CultureInfo.InvariantCulture)!);
            StringAssert.Contains(error.Message, range);
            Assert.AreEqual(before, property.GetValue(options));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Options))]
    public void ValuesAtTheEdgesAreTaken(string name, string range, object[] outside, object[] inside)
    {
        PropertyInfo property = Property(name);
        foreach (object value in inside)
        {
            RoadTrainingOptions options = new();
            Set(property, options, value);
            Assert.AreEqual(value, property.GetValue(options), $"{range}; not {string.Join(", ", outside)}");
        }
    }

    [TestMethod]
    public void NoOptionIsLeftOutHere() => CollectionAssert.AreEquivalent(
        new[]
        {
            nameof(RoadTrainingOptions.NormalizeFeatures), nameof(RoadTrainingOptions.Mirror),
            nameof(RoadTrainingOptions.AllowTensorFloat32), nameof(RoadTrainingOptions.Progress),
            nameof(RoadTrainingOptions.CancellationToken), nameof(RoadTrainingOptions.CheckpointDirectory),
            nameof(RoadTrainingOptions.Adaptations), nameof(RoadTrainingOptions.Optimizer), nameof(RoadTrainingOptions.Observers),
            nameof(RoadTrainingOptions.LearningRateDecay), nameof(RoadTrainingOptions.Crops), nameof(RoadTrainingOptions.Loading),
            nameof(RoadTrainingOptions.Rates), nameof(RoadTrainingOptions.Checkpoints), nameof(RoadTrainingOptions.Losses),
            nameof(RoadTrainingOptions.WeightAveraging),
        }.Concat(Options.Select(option => (string)option[0])).ToArray(),
        typeof(RoadTrainingOptions).GetProperties().Select(property => property.Name).ToArray());

    /// <summary>Every setting of a group, by its name there.</summary>
    public static IEnumerable<object[]> GroupSettings =>
        from @group in new[]
        {
            nameof(TrainingOptions.Crops), nameof(TrainingOptions.Loading), nameof(TrainingOptions.Losses), nameof(TrainingOptions.Rates),
            nameof(TrainingOptions.WeightAveraging),
        }
        from setting in Property(@group).PropertyType.GetProperties()
        where $"{@group}.{setting.Name}" != $"{nameof(TrainingOptions.Loading)}.{nameof(CropStreamOptions.Workers)}"
        select new object[] { @group, setting.Name };

    [TestMethod]
    [DynamicData(nameof(GroupSettings))]
    public void ACheckpointTellsOfEverySettingOfAGroupOnce(string group, string setting)
    {
        RoadTrainingOptions options = new();
        IReadOnlyDictionary<string, string> before = CheckpointFacts.Of(options);
        object owner = Property(group).GetValue(options)!;
        PropertyInfo property = owner.GetType().GetProperty(setting)!;
        property.SetValue(owner, Other(property.GetValue(owner), property.PropertyType));

        IReadOnlyDictionary<string, string> after = CheckpointFacts.Of(options);
        string[] changed = [.. after.Keys.Where(name => before.GetValueOrDefault(name) != after[name])];

        // Another decay has settings of its own in the place of the power.
        bool isDecayOfRate = property.PropertyType == typeof(LearningRateDecay);
        Assert.HasCount(isDecayOfRate ? 2 : 1, changed, string.Join(", ", changed));
    }

    [TestMethod]
    public void ACheckpointTellsOfTheSettingsOfAWeighting()
    {
        RoadTrainingOptions options = new();
        options.Losses.ClassWeights = new FrequencyWeights { Power = 0.25 };
        Assert.AreEqual(
            "Road.Torch.Training.FrequencyWeights {\"Power\":0.25,\"Largest\":20}",
            CheckpointFacts.Of(options)["Losses.ClassWeights"]);
        Assert.AreEqual("null", CheckpointFacts.Of(new RoadTrainingOptions())["Losses.ClassWeights"]);
    }

    private static object Other(object? value, Type type) => value switch
    {
        int number => number + 1,
        bool isOn => !isOn,
        double number => number == 0 ? 0.5 : number / 2,
        ScaleRange => new ScaleRange(0.5, 2),
        BadSamplePolicy => BadSamplePolicy.Skip,
        LearningRateDecay => new CosineDecay(),
        null when type == typeof(double?) => 0.5,
        null when type == typeof(ClassWeighting) => new FrequencyWeights(),
        null when type == typeof(RareClassOptions) => new RareClassOptions(),
        null when type == typeof(ScaleRange?) => new ScaleRange(0.5, 2),
        _ => throw new NotSupportedException($"{type}"),
    };

    [TestMethod]
    public void DefaultsAreThePapers()
    {
        RoadTrainingOptions options = new();
        Assert.IsTrue(options is
        {
            DistillationWeight: 0.1,
            DistillationDomain: DistillationDomain.Target,
            SpatialWeight: 0.01,
            RegionRows: 3,
            RegionColumns: 3,
            DomainAdversary: DomainAdversary.GradientReversal,
            Rival: RivalMethod.None,
            GlobalAlignmentWeight: 1.0,
            SizeConstraintWeight: 1.0,
            ImageDistributionWeight: 0.1,
            LandmarkWeight: 1.0,
            PreparationCrops: 500,
            FrozenStages: 0,
            CropSize: 321,
            BatchSize: 5,
            Iterations: 20_000,
            LearningRate: 2.5e-4,
            HeadLearningRateMultiplier: 10,
            ClassifierLearningRateMultiplier: null,
            Momentum: 0.9,
            WeightDecay: 5e-4,
            PolyPower: 0.9,
            MaxGradientNorm: 0.0,
            WarmUpIterations: 100,
            Progress: null,
            CheckpointDirectory: null,
            CheckpointInterval: 500,
            DivergenceRetries: 0,
            DivergenceRateFactor: 0.5,
        });
        Assert.IsTrue(options is
        {
            CropScale: { Minimum: 1, Maximum: 1 },
            Mirror: true,
            BrightnessJitter: 0,
            ContrastJitter: 0,
            SaturationJitter: 0,
            BlurSigma: 0,
            CropsPerImage: 1,
            SampleCacheBytes: 0,
            BadSamples: BadSamplePolicy.Stop,
            TargetLabelWeight: 1,
            TargetLabelCrops: null,
        });
    }

    [TestMethod]
    [DataRow(0.1, DistillationDomain.Target, 0.0, true)]
    [DataRow(0.1, DistillationDomain.Source, 0.0, false)]
    [DataRow(0.1, DistillationDomain.Source, 0.1, true)]
    [DataRow(0.0, DistillationDomain.Target, 0.0, false)]
    public void TargetImagesAreNeededWhereALossReadsThem(double distillation, DistillationDomain domain, double spatial, bool needed)
    {
        RoadTrainingOptions options = new() { DistillationWeight = distillation, DistillationDomain = domain, SpatialWeight = spatial };
        Assert.AreEqual(needed, options.NeedsTarget);
    }

    [TestMethod]
    [DataRow(RivalMethod.None, false, false)]
    [DataRow(RivalMethod.FcnsInTheWild, true, false)]
    [DataRow(RivalMethod.Curriculum, true, true)]
    public void RivalsNeedTargetImagesAndOneATeacher(RivalMethod rival, bool target, bool teacher)
    {
        RoadTrainingOptions options = new() { DistillationWeight = 0, SpatialWeight = 0, Rival = rival };
        Assert.AreEqual((target, teacher), (options.NeedsTarget, options.NeedsTeacher));
    }

    [TestMethod]
    public void ShortcutsAndTheListSayTheSame()
    {
        RoadTrainingOptions options = new();
        Assert.AreEqual("distillation spatial-alignment", Names(options));
        options.SpatialWeight = 0;
        Assert.AreEqual("distillation", string.Join(' ', options.Adaptations.On.Select(static method => method.Name)));
        options.Rival = RivalMethod.Curriculum;
        options.LandmarkWeight = 7;
        Assert.AreEqual("distillation spatial-alignment curriculum", Names(options));
        Assert.AreEqual(7, options.Adaptations.OfType<Curriculum>().Single().LandmarkWeight);

        options.Adaptations.Reset(new FcnsInTheWild { AlignmentWeight = 3 }, new SpatialAlignment { Weight = 0.5, Rows = 2 });
        Assert.AreEqual((0.0, 0.5, 2, 3), (options.DistillationWeight, options.SpatialWeight, options.RegionRows, options.RegionColumns));
        Assert.AreEqual((RivalMethod.FcnsInTheWild, 3.0), (options.Rival, options.GlobalAlignmentWeight));

        options.DistillationWeight = 0.2;
        options.RegionColumns = 5;
        options.Rival = RivalMethod.None;
        Assert.AreEqual("distillation spatial-alignment", Names(options));
        Assert.AreEqual(5, options.Adaptations.OfType<SpatialAlignment>().Single().Columns);

        static string Names(RoadTrainingOptions options) => string.Join(' ', options.Adaptations.Select(static method => method.Name));
    }

    [TestMethod]
    public void AMethodStandsInTheListOnce()
    {
        RoadTrainingOptions options = new();
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(
                () => options.Adaptations.Add(new Distillation())).Message, "have a method 'distillation' already");
        Assert.ThrowsExactly<ArgumentNullException>(() => options.Adaptations.Add(null!));
        options.Adaptations[0] = new Distillation { Weight = 0.7 };
        Assert.AreEqual(0.7, options.DistillationWeight);
        Assert.ThrowsExactly<ArgumentException>(() => options.Adaptations[1] = new Distillation());
    }

    private static object[] Option(string name, string range, object[] outside, object[] inside) => [name, range, outside, inside];

    private static PropertyInfo Property(string name) => typeof(RoadTrainingOptions).GetProperty(name)!;

    private static void Set(PropertyInfo property, RoadTrainingOptions options, object value) =>
        property.SetValue(options, value, BindingFlags.DoNotWrapExceptions, null, null, null);
}
