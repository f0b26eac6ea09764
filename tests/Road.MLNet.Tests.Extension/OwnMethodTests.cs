using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Torch;
using Road.Torch.Adaptation;
using Road.Torch.Training;

namespace Road.MLNet.Tests.Extension;

/// <summary>An adaptation method that lives outside Road's assemblies composes with one of theirs: one class, nothing registered.</summary>
[TestClass]
public sealed class OwnMethodTests
{
    private const int Iterations = 12;

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void AMethodOfOnesOwnTrainsBesideDistillationAndIsReportedByName(Precision precision)
    {
        using var folder = new StreetFolder();
        List<RoadProgress> reports = [];
        Train(folder, Options(folder, precision, 0.5), reports.Add);

        Assert.HasCount(Iterations, reports);
        Assert.IsTrue(
            reports.TrueForAll(report => string.Join(' ', report.Losses.All.Select(loss => loss.Name)) == "L_seg L_dist L_coral"));
        Assert.IsTrue(reports.TrueForAll(report => report.Losses.AreFinite && report.Losses["L_coral"] > 0));

        // What the loss asks for happens: without weight in the sum the covariances are further apart at the end.
        List<RoadProgress> idle = [];
        Train(folder, Options(folder, precision, 1e-9), idle.Add);
        Assert.IsLessThan(idle[^1].Losses["L_coral"]!.Value, reports[^1].Losses["L_coral"]!.Value);
    }

    [TestMethod]
    [DataRow(Precision.Float32)]
    [DataRow(Precision.BFloat16)]
    public void AnEndWithoutWarningIsMadeGoodToTheBit(Precision precision)
    {
        using var folder = new StreetFolder();
        float[][] whole = Train(folder, Options(folder, precision, 0.5));

        RoadTrainerOptions broken = Options(folder, precision, 0.5);
        broken.CheckpointDirectory = folder.Combine("state");
        broken.CheckpointInterval = 5;
        Assert.ThrowsExactly<TimeZoneNotFoundException>(() => Train(folder, broken, report =>
        {
            if (report.Iteration == 8)
            {
                throw new TimeZoneNotFoundException("It stands for a process that is killed: nothing is saved.");
            }
        }));
        List<RoadProgress> rest = [];
        RoadTrainerOptions again = Options(folder, precision, 0.5);
        again.CheckpointDirectory = broken.CheckpointDirectory;
        float[][] resumed = Train(folder, again, rest.Add);

        Assert.AreEqual(6, rest[0].Iteration);
        Assert.HasCount(whole.Length, resumed);
        for (int row = 0; row < whole.Length; row++)
        {
            CollectionAssert.AreEqual(whole[row], resumed[row], $"row {row}");
        }

        RoadTrainerOptions other = Options(folder, precision, 0.25);
        other.CheckpointDirectory = broken.CheckpointDirectory;
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => Train(folder, other)).Message;
        StringAssert.Contains(message, "correlation-alignment {\"Weight\":0.5} and is now correlation-alignment {\"Weight\":0.25}");
    }

    [TestMethod]
    public void ALineGivesItANameAmongTheVariants()
    {
        AdaptationVariants.Add("coral", options => options.Adaptations.Add(new CorrelationAlignment()));

        RoadTrainerOptions options = new();

        // README begin
        options.Adaptations.Reset(new Distillation(), new CorrelationAlignment { Weight = 0.5 });
        // README end
        Assert.AreEqual("distillation correlation-alignment", string.Join(' ', options.Adaptations.Select(method => method.Name)));
        AdaptationVariants.Apply("coral", options);

        CollectionAssert.Contains(AdaptationVariants.Names.ToArray(), "coral");
        Assert.AreEqual("correlation-alignment", string.Join(' ', options.Adaptations.Select(method => method.Name)));
        Assert.ThrowsExactly<ArgumentException>(() => AdaptationVariants.Add("coral", _ => { }));
        AdaptationVariants.Apply("road", options);
        Assert.AreEqual("distillation spatial-alignment", string.Join(' ', options.Adaptations.Select(method => method.Name)));
    }

    private static RoadTrainerOptions Options(StreetFolder folder, Precision precision, double weight)
    {
        RoadTrainerOptions options = new()
        {
            Network = new MixerFactory { Channels = 12 },
            BackboneWeights = folder.Pretrain(),
            Precision = precision,
            CropSize = 32,
            BatchSize = 4,
            Iterations = Iterations,
            LearningRate = 5e-3,
            LoaderWorkers = 1,
            ProgressInterval = 1,
            ScoreColumnName = "Score",
        };
        options.Adaptations.Reset(new Distillation(), new CorrelationAlignment { Weight = weight });
        return options;
    }

    /// <returns>The target images' scores, which every weight has a part in.</returns>
    private static float[][] Train(StreetFolder folder, RoadTrainerOptions options, Action<RoadProgress>? report = null)
    {
        var ml = new MLContext(seed: 3);
        options.Progress = new Reporter(report ?? (_ => { }));
        IDataView source = ml.Data.LoadSegmentationFolder(folder.Combine("source"), folder.Combine("source-labels"));
        source = ml.Transforms.LoadImages("SourceImage", null, "ImagePath")
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", StreetFolder.Encoding)).Fit(source).Transform(source);
        IDataView target = ml.Data.LoadSegmentationFolder(folder.Combine("target"));
        target = ml.Transforms.LoadImages("TargetImage", null, "ImagePath").Fit(target).Transform(target);
        using RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(options).Fit(source, target);
        return [.. model.Transform(target).GetColumn<VBuffer<float>>("Score").Select(scores => scores.DenseValues().ToArray())];
    }

    private sealed class Reporter(Action<RoadProgress> report) : IProgress<RoadProgress>
    {
        public void Report(RoadProgress value) => report(value);
    }
}
