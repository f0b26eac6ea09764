using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Training;

/// <summary>Label inversion and the rivals inside the training step.</summary>
[TestClass]
public sealed class RivalTrainingTests
{
    [TestMethod]
    [DataRow(SpatialWeightReading.Scaled, 1.0)]
    [DataRow(SpatialWeightReading.Literal, 0.2)]
    public void InvertedLabelsAreWeightedAsTheReadingSays(SpatialWeightReading reading, double classifierWeight)
    {
        RoadTrainingOptions options = Options("label-inversion");
        options.SpatialWeight = 0.2;
        options.SpatialWeightReading = reading;
        using TrainingFixture fixture = new(options);
        using DisposeScope scope = NewDisposeScope();
        foreach (TorchSharp.Modules.Parameter parameter in fixture.Engine.DomainClassifiers().parameters())
        {
            parameter.detach().zero_();
        }

        double joint = fixture.Engine.Loss(fixture.Batch(3))!.item<float>();

        // Every logit is 0, so that either loss is log 2 in each of the regions that the crops reach.
        StepLosses parts = fixture.Engine.ReadLosses();
        double spatial = parts["L_spt"]!.Value;
        double regions = Math.Round(spatial / Math.Log(2));
        Assert.IsGreaterThan(0, regions);
        Assert.AreEqual(regions * Math.Log(2), spatial, 1e-5);
        Assert.AreEqual(parts.Segmentation!.Value + ((classifierWeight + 0.2) * spatial), joint, 1e-5);
    }

    [TestMethod]
    public void TheStepMinimisesTheWeightedSumOfARivalsLosses()
    {
        RoadTrainingOptions options = Options("curriculum");
        options.ImageDistributionWeight = 0.3;
        options.LandmarkWeight = 0.7;
        using TrainingFixture fixture = Prepared(options);
        using DisposeScope scope = NewDisposeScope();

        double joint = fixture.Engine.Loss(fixture.Batch(3))!.item<float>();

        StepLosses parts = fixture.Engine.ReadLosses();
        Assert.AreEqual(
            parts.Segmentation!.Value + (0.3 * parts.Adaptation[0].Value) + (0.7 * parts.Adaptation[1].Value), joint, 1e-4);
    }

    [TestMethod]
    [DataRow("fcns-in-the-wild", nameof(RoadTrainingOptions.GlobalAlignmentWeight), "L_mi")]
    [DataRow("fcns-in-the-wild", nameof(RoadTrainingOptions.SizeConstraintWeight), "L_da")]
    [DataRow("curriculum", nameof(RoadTrainingOptions.ImageDistributionWeight), "L_lmk")]
    [DataRow("curriculum", nameof(RoadTrainingOptions.LandmarkWeight), "L_img")]
    public void AWeightOfZeroTurnsALossOff(string variant, string weight, string left)
    {
        RoadTrainingOptions options = Options(variant);
        typeof(RoadTrainingOptions).GetProperty(weight)!.SetValue(options, 0.0);
        using TrainingFixture fixture = Prepared(options);

        fixture.Engine.Step(fixture.Batch(3), 1e-4);

        Assert.AreEqual(left, string.Join(' ', fixture.Engine.ReadLosses().Adaptation.Select(static loss => loss.Name)));
    }

    [TestMethod]
    public void TheCurriculumInfersWhatTheSourceTeaches()
    {
        // In the striped images one class is dark and above, the other bright and below; even random filters tell them apart.
        RoadTrainingOptions options = Options("curriculum");
        options.PreparationCrops = 40;
        using TrainingFixture fixture = Prepared(options);
        using DisposeScope scope = NewDisposeScope();
        CurriculumAdapter curriculum = fixture.Engine.Adapter<CurriculumAdapter>();
        TrainingBatch batch = fixture.Batch(7);
        Tensor images = InputNormalization.ImageNet.Apply(tensor(batch.Pixels, [2, 48, 48, 3])).narrow(0, 0, 1);

        (Tensor pooled, int[][] superpixels) = curriculum.Pool(images, batch, 0, out Tensor regions, out _);
        (Tensor image, Tensor classes, Tensor landmarks) = curriculum.Infer(pooled, regions);

        Assert.AreEqual(CurriculumAdapter.Distribution(batch.Labels, 2)![1], image[0, 0, 1].item<float>(), 0.15);
        int[] dominant = CurriculumAdapter.DominantClasses(superpixels[0], batch.Labels, (int)classes.shape[1], 2);
        int[] chosen = [.. Enumerable.Range(0, dominant.Length).Where(s => landmarks[0, s].item<float>() > 0)];
        Assert.AreEqual(CurriculumAdapter.LandmarkShare, (double)chosen.Length / dominant.Length, 0.05);
        Assert.IsGreaterThan(0.9 * chosen.Length, chosen.Count(s => classes[0, s, dominant[s]].item<float>() == 1));
    }

    [TestMethod]
    public void TheLandmarksAreLearned()
    {
        RoadTrainingOptions options = Options("curriculum");
        options.PreparationCrops = 20;
        using TrainingFixture fixture = Prepared(options);
        List<double> losses = [];
        for (int i = 0; i < 12; i++)
        {
            fixture.Engine.Step(fixture.Batch(1), 1e-3);
            losses.Add(fixture.Engine.ReadLosses().Adaptation.Single(static loss => loss.Name == "L_lmk").Value);
        }

        Assert.IsLessThan(losses[0], losses[^1], string.Join(' ', losses));
    }

    [TestMethod]
    [DataRow("label-inversion")]
    [DataRow("fcns-in-the-wild")]
    [DataRow("curriculum")]
    public void StepsLeaveNoTensorsBehind(string variant)
    {
        RoadTrainingOptions options = Options(variant);
        options.RegionRows = 1;
        options.RegionColumns = 1;
        using TrainingFixture fixture = Prepared(options);
        fixture.Engine.Step(fixture.Batch(0), 2.5e-4);
        fixture.Engine.ReadLosses();
        fixture.Engine.Step(fixture.Batch(1), 2.5e-4);
        fixture.Engine.ReadLosses();
        long after = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 2; i < 6; i++)
        {
            fixture.Engine.Step(fixture.Batch(i), 2.5e-4);
            fixture.Engine.ReadLosses();
        }

        Assert.AreEqual(after, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [TestMethod]
    [DataRow("fcns-in-the-wild", "FCNs in the Wild")]
    [DataRow("curriculum", "Curriculum domain adaptation")]
    public void AStepBeforeThePreparationIsRefused(string variant, string name)
    {
        using TrainingFixture fixture = new(Options(variant));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(
            () => fixture.Engine.Step(fixture.Batch(1), 1e-4));
        StringAssert.Contains(error.Message, name);
        StringAssert.Contains(error.Message, "RoadEngine.Prepare");
    }

    [TestMethod]
    [DataRow("fcns-in-the-wild")]
    [DataRow("curriculum")]
    public void SourceCropsWithoutALabelledPixelAreRefused(string variant)
    {
        using TrainingFixture fixture = new(Options(variant));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            fixture.Train(new StripedSource(3, labelled: true) { AllIgnored = true }, new StripedSource(3, labelled: false)));
        StringAssert.Contains(error.Message, "belongs to a class");
    }

    [TestMethod]
    public void ThePreparationCanBeCancelled()
    {
        RoadTrainingOptions options = Options("fcns-in-the-wild");
        options.CancellationToken = new CancellationToken(canceled: true);
        using TrainingFixture fixture = new(options);
        Assert.Throws<OperationCanceledException>(() =>
            fixture.Train(new StripedSource(3, labelled: true), new StripedSource(3, labelled: false)));
    }

    [TestMethod]
    public void TheCurriculumNeedsATeacher()
    {
        RoadTrainingOptions options = Options("curriculum");
        using SegmentationNetwork network = SegmentationNetworks.Get("deeplab-squeezenet1_1").Create(2);
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() =>
            new RoadEngine(network, null, options, InputNormalization.ImageNet, CPU, 1).Dispose());
        Assert.AreEqual("teacher", error.ParamName);
    }

    [TestMethod]
    public void ANetworkOfFinerLogitsThanFeaturesTrainsOnTheCurriculum()
    {
        RoadTrainingOptions options = Options("curriculum");
        (options.CropSize, options.PreparationCrops) = (32, 2);
        using TrainingFixture fixture = Prepared(options, "fcn8s-vgg16");
        fixture.Engine.Step(fixture.Batch(1), 1e-5);
        Assert.IsTrue(fixture.Engine.ReadLosses().AreFinite);
    }

    private static TrainingFixture Prepared(RoadTrainingOptions options, string network = "deeplab-squeezenet1_1")
    {
        TrainingFixture fixture = new(options, network);
        fixture.Engine.Prepare(Enumerable.Range(50, options.PreparationCrops).Select(fixture.Batch));
        return fixture;
    }

    private static RoadTrainingOptions Options(string variant)
    {
        RoadTrainingOptions options = new() { CropSize = 48, BatchSize = 1, PreparationCrops = 4, Iterations = 2, LoaderWorkers = 1 };
        AdaptationVariants.Apply(variant, options);
        return options;
    }
}
