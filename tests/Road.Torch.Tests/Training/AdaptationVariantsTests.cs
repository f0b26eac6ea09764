using Road.Torch.Adaptation;
using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class AdaptationVariantsTests
{
    public static IEnumerable<object[]> Names { get; } = [.. AdaptationVariants.Names.Select(static name => new object[] { name })];

    [TestMethod]
    public void EveryRowOfThePaperHasItsName() => Assert.AreEqual(
        "none distillation spatial road frozen source-distillation spatial-1x1 spatial-2x1 spatial-2x2 spatial-3x3 label-inversion "
        + "fcns-in-the-wild curriculum self-training self-training-class-balanced masked road-self-training",
        string.Join(' ', AdaptationVariants.Names));

    [TestMethod]
    [DataRow("none", 0.0, DistillationDomain.Target, 0.0, 3, 3, DomainAdversary.GradientReversal, 0, RivalMethod.None)]
    [DataRow("distillation", 0.1, DistillationDomain.Target, 0.0, 3, 3, DomainAdversary.GradientReversal, 0, RivalMethod.None)]
    [DataRow("spatial", 0.0, DistillationDomain.Target, 0.01, 3, 3, DomainAdversary.GradientReversal, 0, RivalMethod.None)]
    [DataRow("road", 0.1, DistillationDomain.Target, 0.01, 3, 3, DomainAdversary.GradientReversal, 0, RivalMethod.None)]
    [DataRow("frozen", 0.0, DistillationDomain.Target, 0.0, 3, 3, DomainAdversary.GradientReversal, 3, RivalMethod.None)]
    [DataRow("source-distillation", 0.1, DistillationDomain.Source, 0.0, 3, 3, DomainAdversary.GradientReversal, 0, RivalMethod.None)]
    [DataRow("spatial-1x1", 0.0, DistillationDomain.Target, 0.01, 1, 1, DomainAdversary.GradientReversal, 0, RivalMethod.None)]
    [DataRow("spatial-2x1", 0.0, DistillationDomain.Target, 0.01, 2, 1, DomainAdversary.GradientReversal, 0, RivalMethod.None)]
    [DataRow("spatial-2x2", 0.0, DistillationDomain.Target, 0.01, 2, 2, DomainAdversary.GradientReversal, 0, RivalMethod.None)]
    [DataRow("spatial-3x3", 0.0, DistillationDomain.Target, 0.01, 3, 3, DomainAdversary.GradientReversal, 0, RivalMethod.None)]
    [DataRow("label-inversion", 0.0, DistillationDomain.Target, 0.01, 3, 3, DomainAdversary.InvertedLabels, 0, RivalMethod.None)]
    [DataRow("fcns-in-the-wild", 0.0, DistillationDomain.Target, 0.0, 3, 3, DomainAdversary.GradientReversal, 0, RivalMethod.FcnsInTheWild)]
    [DataRow("curriculum", 0.0, DistillationDomain.Target, 0.0, 3, 3, DomainAdversary.GradientReversal, 0, RivalMethod.Curriculum)]
    public void AVariantSetsWhatAdaptsWhateverWasSetBefore(
        string name, double distillation, DistillationDomain domain, double spatial, int rows, int columns, DomainAdversary adversary,
        int frozen, RivalMethod rival)
    {
        RoadTrainingOptions options = new()
        {
            DistillationWeight = 7,
            DistillationDomain = DistillationDomain.Source,
            SpatialWeight = 7,
            RegionRows = 7,
            RegionColumns = 7,
            DomainAdversary = DomainAdversary.InvertedLabels,
            FrozenStages = 1,
            Rival = RivalMethod.Curriculum,
            LearningRate = 0.007,
            SpatialWeightReading = SpatialWeightReading.Literal,
        };

        AdaptationVariants.Apply(name, options);

        Assert.AreEqual(
            (distillation, domain, spatial, rows, columns, adversary, frozen),
            (options.DistillationWeight, options.DistillationDomain, options.SpatialWeight, options.RegionRows, options.RegionColumns,
                options.DomainAdversary, options.FrozenStages));
        Assert.AreEqual(rival, options.Rival);
        Assert.AreEqual((0.007, SpatialWeightReading.Literal), (options.LearningRate, options.SpatialWeightReading));
    }

    [TestMethod]
    public void AnUnknownNameIsRefusedWithTheKnownOnes()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => AdaptationVariants.Apply("spatial-4x4", new()));
        StringAssert.Contains(error.Message, "no variant 'spatial-4x4'; there are none, distillation, spatial, road");
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void EveryVariantTrainsAndTheSameSeedGivesTheSameWeights(string name)
    {
        byte[][] weights = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            RoadTrainingOptions options = new()
            {
                CropSize = 48,
                BatchSize = 1,
                Iterations = 4,
                ProgressInterval = 1,
                LearningRate = 1e-3,
                LoaderWorkers = 1,
                PreparationCrops = 6,
            };
            AdaptationVariants.Apply(name, options);
            List<RoadProgress> reports = [];
            options.Progress = new ProgressRecorder(reports);
            using TrainingFixture fixture = new(options);

            fixture.Train(new StripedSource(5, labelled: true), options.NeedsTarget ? new StripedSource(5, labelled: false) : null);

            Assert.HasCount(4, reports);
            Assert.IsTrue(reports.All(static report => report.Losses.AreFinite && report.Losses.Segmentation > 0));
            Assert.AreEqual(options.DistillationWeight > 0, reports[^1].Losses["L_dist"].HasValue);
            Assert.AreEqual(options.SpatialWeight > 0, reports[^1].Losses["L_spt"].HasValue);
            string? rival = name switch
            {
                "fcns-in-the-wild" => "L_da L_mi",
                "curriculum" => "L_img L_lmk",
                "self-training" or "self-training-class-balanced" => "L_mix",
                "masked" => "L_mix L_mask",
                "road-self-training" => "L_dist L_spt L_mix",
                _ => null,
            };
            string[] road = [
                .. new[] { options.DistillationWeight > 0 ? "L_dist" : null, options.SpatialWeight > 0 ? "L_spt" : null }.OfType<string>()];
            Assert.AreEqual(
                rival ?? string.Join(' ', road), string.Join(' ', reports[^1].Losses.Adaptation.Select(static loss => loss.Name)));
            return fixture.WeightBytes();
        })];

        CollectionAssert.AreEqual(weights[0], weights[1]);
    }
}
