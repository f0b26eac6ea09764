using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Torch.Scoring;

namespace Road.MLNet.Tests.Scoring;

/// <summary>The column of the largest probability of each pixel.</summary>
[TestClass]
public sealed class ConfidenceColumnTests
{
    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    [DataRow(true, true)]
    public void ItHoldsTheLargestProbabilityOfEachPixel(bool readsAhead, bool hasScores)
    {
        MLContext ml = new(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml, hasScores ? "Score" : null);
        using RoadTransformer reference = ScoringFixture.CreateTransformer(ml, "Score");
        transformer.ReadsAhead = readsAhead;
        transformer.Scoring = reference.Scoring = new ScoringOptions { Mirror = true };
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(6);
        IDataView view = ml.Data.LoadFromEnumerable(rows);
        Assert.IsNull(transformer.GetOutputSchema(view.Schema).GetColumnOrNull("Sure"));
        byte[][] labels = RoadTransformerTests.Score(ml, transformer, rows);
        transformer.ConfidenceColumnName = "Sure";

        IDataView scored = transformer.Transform(view);
        float[][] confidences = [.. scored.GetColumn<VBuffer<float>>("Sure").Select(static value => value.DenseValues().ToArray())];
        float[][] scores = [
            .. reference.Transform(view).GetColumn<VBuffer<float>>("Score").Select(static value => value.DenseValues().ToArray())];

        Assert.HasCount(6, confidences);
        for (int row = 0; row < rows.Count; row++)
        {
            int pixels = rows[row].Image!.Width * rows[row].Image!.Height;
            Assert.HasCount(pixels, confidences[row]);
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                Assert.AreEqual(scores[row][((labels[row][pixel] - 1) * pixels) + pixel], confidences[row][pixel], 1e-5);
            }
        }

        CollectionAssert.AreEqual(
            hasScores ? scores[5] : null,
            hasScores ? scored.GetColumn<VBuffer<float>>("Score").Last().DenseValues().ToArray() : null);
        RowIsScoredAlone(ml, transformer, rows[4], confidences[4]);
    }

    [TestMethod]
    public void ItsNameIsSavedWithTheModelAndCanBeTakenBack()
    {
        MLContext ml = new(1);
        using TemporaryFolder folder = new();
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        IDataView view = ml.Data.LoadFromEnumerable(ScoringFixture.CreateRows(1));
        string file = folder.Combine("model.zip");
        ml.Model.Save(transformer, view.Schema, file);
        using (RoadTransformer before = (RoadTransformer)ml.Model.Load(file, out _))
        {
            Assert.IsNull(before.ConfidenceColumnName);
        }

        transformer.ConfidenceColumnName = "Sure";
        ml.Model.Save(transformer, view.Schema, file);
        using RoadTransformer loaded = (RoadTransformer)ml.Model.Load(file, out _);
        Assert.AreEqual("Sure", loaded.ConfidenceColumnName);
        Assert.IsNotNull(loaded.GetOutputSchema(view.Schema).GetColumnOrNull("Sure"));
        loaded.ConfidenceColumnName = null;
        Assert.IsNull(loaded.GetOutputSchema(view.Schema).GetColumnOrNull("Sure"));
    }

    [TestMethod]
    public void AnEmptyNameIsRefused()
    {
        RoadTransformer transformer = ScoringFixture.CreateTransformer(new MLContext(1));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => transformer.ConfidenceColumnName = "").Message,
            "ConfidenceColumnName must not be empty");
        transformer.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => transformer.ConfidenceColumnName = "Sure");
    }

    private static void RowIsScoredAlone(MLContext ml, RoadTransformer transformer, ScoringFixture.Row row, float[] expected)
    {
        PredictionEngineOptions options = new() { OwnsTransformer = false };
        using PredictionEngine<ScoringFixture.Row, Prediction> engine =
            ml.Model.CreatePredictionEngine<ScoringFixture.Row, Prediction>(transformer, options);
        CollectionAssert.AreEqual(expected, engine.Predict(row).Sure);
    }

    private sealed class Prediction
    {
        public float[] Sure { get; set; } = [];
    }
}
