using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Torch.Networks;
using Road.Torch.Training;

namespace Road.MLNet.Tests.Extension;

/// <summary>A network that lives outside Road's assemblies trains with both adaptations, saves, loads and scores.</summary>
[TestClass]
public sealed class OwnNetworkTests
{
    private const int Iterations = 80;

    [TestMethod]
    public void RoadsAssembliesShowThisOneNothingThatIsNotPublic()
    {
        foreach (Assembly assembly in (Assembly[])[typeof(RoadTrainer).Assembly, typeof(SegmentationNetwork).Assembly])
        {
            string own = typeof(OwnNetworkTests).Assembly.GetName().Name!;
            Assert.IsFalse(
                assembly.GetCustomAttributes<System.Runtime.CompilerServices.InternalsVisibleToAttribute>()
                    .Any(attribute => attribute.AssemblyName.Split(',')[0] == own),
                assembly.GetName().Name);
        }
    }

    [TestMethod]
    public void ANetworkOfOnesOwnTrainsWithRoadAndItsSavedModelGivesTheSameMasks()
    {
        using var folder = new StreetFolder();
        var ml = new MLContext(seed: 3);
        var reports = new List<RoadProgress>();
        TransformerChain<ITransformer> model = Train(ml, folder, new Recorder(reports));

        Assert.IsNotEmpty(reports);
        RoadProgress first = reports[0];
        RoadProgress last = reports[^1];
        Assert.AreEqual(Iterations, last.Iteration);
        Assert.IsTrue(reports.TrueForAll(report => string.Join(' ', report.Losses.All.Select(loss => loss.Name)) == "L_seg L_dist L_spt"));
        Assert.IsTrue(reports.TrueForAll(report => report.Losses.AreFinite));
        Assert.IsLessThan(0.5 * first.Losses.Segmentation!.Value, last.Losses.Segmentation!.Value);

        IDataView photos = Photos(ml, folder);
        IDataView scored = model.Transform(photos);
        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(scored);
        Assert.IsGreaterThan(0.6, metrics.MeanIntersectionOverUnion, string.Join(", ", metrics.PerClassIntersectionOverUnion));
        Assert.AreEqual("sky, road, box", string.Join(", ", metrics.ClassNames));

        string file = folder.Combine("own.zip");
        ml.Model.Save(model, photos.Schema, file);
        var other = new MLContext();
        ITransformer loaded = other.Model.Load(file, out _);
        byte[][] expected = Masks(scored);
        byte[][] masks = Masks(loaded.Transform(Photos(other, folder)));
        Assert.HasCount(expected.Length, masks);
        for (int row = 0; row < masks.Length; row++)
        {
            CollectionAssert.AreEqual(expected[row], masks[row], $"row {row}");
        }
    }

    private static TransformerChain<ITransformer> Train(MLContext ml, StreetFolder folder, IProgress<RoadProgress> progress)
    {
        var options = new RoadTrainerOptions
        {
            Network = new MixerFactory { Channels = 12 },
            BackboneWeights = folder.Pretrain(),
            CropSize = 32,
            BatchSize = 4,
            Iterations = Iterations,
            LearningRate = 5e-3,
            LoaderWorkers = 1,
            Progress = progress,
            ProgressInterval = 10,
        };
        var pipeline = new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"))
            .Append(ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", StreetFolder.Encoding), TransformerScope.Training)
            .Append(ml.SemanticSegmentation.Trainers.Road(options));
        IDataView domains = ml.Data.PairDomains(
            ml.Data.LoadSegmentationFolder(folder.Combine("source"), folder.Combine("source-labels")),
            ml.Data.LoadSegmentationFolder(folder.Combine("target")));
        return pipeline.Fit(domains).GetModelFor(TransformerScope.Scoring);
    }

    private static IDataView Photos(MLContext ml, StreetFolder folder)
    {
        IDataView view = ml.Data.LoadSegmentationFolder(folder.Combine("target"), folder.Combine("target-labels"));
        return ml.Transforms.CopyColumns("TargetImagePath", "ImagePath")
            .Append(ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", StreetFolder.Encoding)).Fit(view).Transform(view);
    }

    private static byte[][] Masks(IDataView scored) =>
        [.. scored.GetColumn<VBuffer<byte>>("PredictedLabel").Select(mask => mask.DenseValues().ToArray())];

    private sealed class Recorder(List<RoadProgress> reports) : IProgress<RoadProgress>
    {
        public void Report(RoadProgress value) => reports.Add(value);
    }
}
