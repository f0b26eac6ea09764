using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Networks;

namespace Road.MLNet.Tests.Training;

/// <summary>The pipeline of the README: folders, a chain with training parts, a saved model, masks, metrics.</summary>
[TestClass]
public sealed class RoadPipelineTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void AChainTrainsOnFoldersAndItsLoadedModelGivesTheSameMasksFromTargetImagesAlone()
    {
        using var folders = new TrainingFolders(width: 72, height: 64);
        TransformerChain<ITransformer> model = Fit(folders, "Score");
        IDataView photos = Photos(_ml, folders);
        string file = folders.Combine("road.zip");
        _ml.Model.Save(model, photos.Schema, file);
        IDataView expected = model.Transform(photos);

        var other = new MLContext();
        ITransformer loaded = other.Model.Load(file, out DataViewSchema schema);
        IDataView scored = loaded.Transform(Photos(other, folders));

        Assert.AreEqual("TargetImagePath", string.Join(' ', schema.Select(column => column.Name)));
        byte[][] masks = TrainerFixture.Masks(scored);
        byte[][] trained = TrainerFixture.Masks(expected);
        Assert.HasCount(3, masks);
        for (int i = 0; i < masks.Length; i++)
        {
            Assert.HasCount(72 * 64, masks[i]);
            CollectionAssert.AreEqual(trained[i], masks[i], $"row {i}");
        }

        float[][] scores = [.. scored.GetColumn<VBuffer<float>>("Score").Select(value => value.DenseValues().ToArray())];
        float[][] trainedScores = [.. expected.GetColumn<VBuffer<float>>("Score").Select(value => value.DenseValues().ToArray())];
        Assert.HasCount(3 * 72 * 64, scores[2]);
        CollectionAssert.AreEqual(trainedScores[2], scores[2]);
        Assert.AreEqual("road, car, sky", string.Join(", ", LabelColumn.ReadClassNames(scored.Schema["PredictedLabel"])));
    }

    [TestMethod]
    public void APredictionEngineOnTheLoadedChainGivesTheMasksOfTransformInThePalettesColours()
    {
        using var folders = new TrainingFolders();
        TransformerChain<ITransformer> model = Fit(folders, score: null);
        string file = folders.Combine("road.zip");
        _ml.Model.Save(model, Photos(_ml, folders).Schema, file);
        byte[][] expected = TrainerFixture.Masks(model.Transform(Photos(_ml, folders)));

        var other = new MLContext();
        ITransformer loaded = other.Model.Load(file, out _);
        using var engine = other.Model.CreatePredictionEngine<Photo, Prediction>(loaded);
        for (int i = 0; i < expected.Length; i++)
        {
            Prediction prediction = engine.Predict(new Photo { TargetImagePath = folders.TargetImage(i) });
            byte[] keys = [.. prediction.PredictedLabel.DenseValues()];
            CollectionAssert.AreEqual(expected[i], keys);
            CollectionAssert.AreEqual(
                keys.SelectMany(
                    key => new[] { TrainingFolders.Colors[key - 1].Red, TrainingFolders.Colors[key - 1].Green,
                        TrainingFolders.Colors[key - 1].Blue }).ToArray(),
                ImagePixels.Decode(prediction.PredictedMask!, null).Pixels);
        }
    }

    [TestMethod]
    public void ASchemaSavedAsTheReadmeSaysMakesAPredictionEngine()
    {
        using var folders = new TrainingFolders();
        string file = folders.Combine("road.zip");
        IDataView target = _ml.Data.LoadSegmentationFolder(folders.TargetImages);
        _ml.Model.Save(Fit(folders, score: null), _ml.Data.AsTargetDomain(target).Schema, file);

        AssertPredicts(file, folders);
    }

    [TestMethod]
    public void TheSchemaThatStreetsSavesMakesAPredictionEngine()
    {
        using var folders = new Streets.StreetsFolders();
        using var images = new TrainingFolders();
        AssertPredicts(folders.WriteModel(), images);
    }

    [TestMethod]
    public void MetricsOfTheLoadedModelCountEveryLabelledPixelOnce()
    {
        using var folders = new TrainingFolders();
        string file = folders.Combine("road.zip");
        _ml.Model.Save(Fit(folders, score: null), Photos(_ml, folders).Schema, file);

        var other = new MLContext();
        ITransformer loaded = other.Model.Load(file, out _);
        IDataView view = other.Data.LoadSegmentationFolder(folders.SourceImages, folders.SourceLabels);
        view = other.Transforms.CopyColumns("TargetImagePath", "ImagePath").Fit(view).Transform(view);
        view = other.Transforms.LoadLabelMasks("Label", null, "LabelPath", TrainingFolders.Encoding).Fit(view).Transform(view);
        SemanticSegmentationMetrics metrics = other.SemanticSegmentation.Evaluate(loaded.Transform(view));

        // Four masks of 48 x 40 whose first pixel is ignored, road above row 6, 13, 20 and 26.
        Assert.AreEqual((4 * 48 * 40) - 4, metrics.ConfusionMatrix.Sum(row => row.Sum()));
        Assert.AreEqual((48 * (6 + 13 + 20 + 26)) - 4, metrics.ConfusionMatrix[0].Sum());
        Assert.AreEqual(0, metrics.ConfusionMatrix[2].Sum());
    }

    [TestMethod]
    public void TheScoringChainAddsItsColumnsToTargetPathsAlone()
    {
        using var folders = new TrainingFolders();
        TransformerChain<ITransformer> model = Fit(folders, score: null);

        DataViewSchema output = model.GetOutputSchema(Photos(_ml, folders).Schema);

        Assert.AreEqual(
            "TargetImagePath TargetImage PredictedLabel PredictedLabelSize PredictedMask", string.Join(
                ' ', output.Select(column => column.Name)));
    }

    private static void AssertPredicts(string file, TrainingFolders folders)
    {
        var other = new MLContext();
        ITransformer loaded = other.Model.Load(file, out DataViewSchema schema);
        Assert.AreEqual("TargetImagePath", string.Join(' ', schema.Select(column => column.Name)));
        using var engine = other.Model.CreatePredictionEngine<Photo, Prediction>(loaded, schema);
        Assert.AreEqual(48 * 40, engine.Predict(new Photo { TargetImagePath = folders.TargetImage(0) }).PredictedLabel.Length);
    }

    private static IDataView Photos(MLContext context, TrainingFolders folders) => context.Data.LoadFromEnumerable(
        Enumerable.Range(0, 3).Select(i => new Photo { TargetImagePath = folders.TargetImage(i) }).ToArray());

    private TransformerChain<ITransformer> Fit(TrainingFolders folders, string? score)
    {
        var network = new DeepLabV2Factory { BackboneName = "squeezenet1_1" };
        IDataView source = _ml.Data.LoadSegmentationFolder(folders.SourceImages, folders.SourceLabels);
        IDataView target = _ml.Data.LoadSegmentationFolder(folders.TargetImages);
        IDataView domains = _ml.Data.PairDomains(source, target);
        var pipeline = new EstimatorChain<ITransformer>()
            .Append(_ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"))
            .Append(_ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(
                _ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", TrainingFolders.Encoding), TransformerScope.Training)
            .Append(_ml.SemanticSegmentation.Trainers.Road(new RoadTrainerOptions
            {
                Network = network,
                BackboneWeights = TrainerFixture.WriteWeights(network, folders.Combine("backbone.safetensors")),
                ScoreColumnName = score,
                CropSize = 32,
                BatchSize = 1,
                Iterations = 2,
            }));
        return pipeline.Fit(domains).GetModelFor(TransformerScope.Scoring);
    }

    private sealed class Photo
    {
        public string TargetImagePath { get; set; } = string.Empty;
    }

    private sealed class Prediction
    {
        public VBuffer<byte> PredictedLabel { get; set; }

        public MLImage? PredictedMask { get; set; }
    }
}
