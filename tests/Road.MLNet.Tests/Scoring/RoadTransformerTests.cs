using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Data;
using Road.Torch.Networks;

namespace Road.MLNet.Tests.Scoring;

[TestClass]
public sealed class RoadTransformerTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AnImageThatTheNetworkCannotTakeFailsItsOwnRowAlone(bool readsAhead)
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(
            ml, factory: new DeepLabV2Factory { BackboneName = "squeezenet1_1" });
        transformer.ReadsAhead = readsAhead;
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(4);
        rows[1].Image = ScoringFixture.CreateImage(1, 300, 1);
        IDataView scored = transformer.Transform(ml.Data.LoadFromEnumerable(rows));
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"]]);
        ValueGetter<VBuffer<byte>> getter = cursor.GetGetter<VBuffer<byte>>(scored.Schema["PredictedLabel"]);
        VBuffer<byte> mask = default;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            if (row == 1)
            {
                string message = Assert.ThrowsExactly<InvalidDataException>(() => getter(ref mask)).Message;
                StringAssert.StartsWith(
                    message, "Column 'Image' has an image of 300 x 1 in row 1, which the network deeplab-squeezenet1_1 cannot take: ",
                    StringComparison.Ordinal);
                Assert.DoesNotContain("\n", message);
                continue;
            }

            getter(ref mask);
            Assert.AreEqual(rows[row].Image!.Width * rows[row].Image!.Height, mask.Length);
        }
    }

    [TestMethod]
    public void OutputsHaveTheSizeOfEachRowsImage()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml, "Score", networkSize: new ImageSize(32, 32));
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(7);

        IDataView scored = transformer.Transform(ml.Data.LoadFromEnumerable(rows));

        byte[][] labels = [.. scored.GetColumn<VBuffer<byte>>("PredictedLabel").Select(value => value.DenseValues().ToArray())];
        float[][] scores = [.. scored.GetColumn<VBuffer<float>>("Score").Select(value => value.DenseValues().ToArray())];
        Assert.HasCount(7, labels);
        for (int i = 0; i < rows.Count; i++)
        {
            int pixels = rows[i].Image!.Width * rows[i].Image!.Height;
            Assert.HasCount(pixels, labels[i]);
            Assert.HasCount(ScoringFixture.Classes * pixels, scores[i]);
            for (int p = 0; p < pixels; p++)
            {
                float[] pixel = [.. Enumerable.Range(0, ScoringFixture.Classes).Select(k => scores[i][(k * pixels) + p])];
                Assert.AreEqual(1, pixel.Sum(), 1e-5);
                Assert.AreEqual(pixel.Max(), pixel[labels[i][p] - 1], 1e-5);
            }
        }
    }

    [TestMethod]
    public void APredictedMaskIsItsLabelInTheModelsColours()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        Assert.AreEqual(
            "(10, 20, 30) (40, 50, 60) (70, 80, 90) (100, 110, 120) (130, 140, 150)", string.Join(' ', transformer.ClassColors));
        IDataView scored = transformer.Transform(ml.Data.LoadFromEnumerable(ScoringFixture.CreateRows(1)));

        VBuffer<byte> label = scored.GetColumn<VBuffer<byte>>("PredictedLabel").Single();
        VBuffer<int> size = scored.GetColumn<VBuffer<int>>("PredictedLabelSize").Single();
        using MLImage painted = SegmentationDrawing.Paint(LabelMask.From(in label, in size), transformer.ClassColors);
        byte[] mask = scored.GetColumn<MLImage>("PredictedMask").Select(static image => image.Pixels.ToArray()).Single();

        Assert.AreEqual((40, 24), (painted.Width, painted.Height));
        CollectionAssert.AreEqual(mask, painted.Pixels.ToArray());
    }

    [TestMethod]
    public void LabelsCarryClassNamesAndPalette()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);

        DataViewSchema schema = transformer.GetOutputSchema(ml.Data.LoadFromEnumerable(ScoringFixture.CreateRows(1)).Schema);

        Assert.IsTrue(LabelColumn.IsLabelType(schema["PredictedLabel"].Type));
        Assert.AreEqual(
            "class 0, class 1, class 2, class 3, class 4", string.Join(", ", LabelColumn.ReadClassNames(schema["PredictedLabel"])));
        CollectionAssert.AreEqual(ScoringFixture.Palette, LabelColumn.ReadColors(schema["PredictedLabel"]));
        Assert.IsNull(schema.GetColumnOrNull("Score"));
    }

    [TestMethod]
    public void TheMaskShowsTheLabelsInThePalettesColours()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        IDataView scored = transformer.Transform(ml.Data.LoadFromEnumerable(ScoringFixture.CreateRows(5)));

        int count = 0;
        foreach (ScoringFixture.Prediction prediction in ml.Data.CreateEnumerable<ScoringFixture.Prediction>(scored, reuseRowObject: false))
        {
            Assert.AreEqual(count++, prediction.Id);
            byte[] rgb = ImagePixels.Decode(prediction.PredictedMask!, null).Pixels;
            byte[] keys = [.. prediction.PredictedLabel.DenseValues()];
            CollectionAssert.AreEqual(keys.SelectMany(key => ScoringFixture.Palette.Skip(3 * (key - 1)).Take(3)).ToArray(), rgb);
        }

        Assert.AreEqual(5, count);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void MasksAreTheSameInBatchesAloneAndFromFourThreads(bool readsAhead)
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(
            ml, factory: new Road.Torch.Networks.DeepLabV2Factory { BackboneName = "squeezenet1_1" });
        transformer.ReadsAhead = readsAhead;
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(12);
        rows.Add(new ScoringFixture.Row { Id = 12, Image = ScoringFixture.CreateImage(12, 256, 192) });
        rows.Add(new ScoringFixture.Row { Id = 13, Image = ScoringFixture.CreateImage(13, 256, 192) });

        byte[][] batched = Score(ml, transformer, rows);

        var engineOptions = new PredictionEngineOptions { OwnsTransformer = false };
        using (var engine = ml.Model.CreatePredictionEngine<ScoringFixture.Row, ScoringFixture.Prediction>(transformer, engineOptions))
        {
            for (int i = 0; i < rows.Count; i++)
            {
                CollectionAssert.AreEqual(batched[i], engine.Predict(rows[i]).PredictedLabel.DenseValues().ToArray(), $"row {i}");
            }
        }

        byte[][][] threads = new byte[4][][];
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, t => threads[t] = Score(ml, transformer, rows));
        foreach (byte[][] masks in threads)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                CollectionAssert.AreEqual(batched[i], masks[i], $"row {i}");
            }
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ScoringRunsInBatchesAndAskingForOtherColumnsRunsNothing(bool readsAhead)
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        transformer.ReadsAhead = readsAhead;

        // Files that are not there: decoding any of them would throw.
        IDataView paths = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new PathRow { Path = folder.Combine($"{i}.png") }));
        IDataView broken = transformer.Transform(ml.Transforms.LoadImages("Image", null, "Path").Fit(paths).Transform(paths));
        int passes = TinyNetwork.Passes;
        Assert.HasCount(3, broken.GetColumn<string>("Path").ToArray());
        Assert.AreEqual(passes, TinyNetwork.Passes);

        List<ScoringFixture.Row> rows = [
            .. Enumerable.Range(0, 8).Select(i => new ScoringFixture.Row { Image = ScoringFixture.CreateImage(i, 40, 24) })];
        Score(ml, transformer, rows);
        Assert.AreEqual(passes + 8, TinyNetwork.Passes, "each image is a pass of its own");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void OtherColumnsPassThroughBesideTheirPredictions(bool readsAhead)
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        transformer.ReadsAhead = readsAhead;
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(10);
        byte[][] expected = Score(ml, transformer, rows);
        IDataView scored = transformer.Transform(ml.Data.LoadFromEnumerable(rows));
        DataViewSchema.Column[] columns = [scored.Schema["Id"], scored.Schema["PredictedLabel"]];

        foreach (Random? shuffle in new[] { null, new Random(5) })
        {
            using DataViewRowCursor cursor = scored.GetRowCursor(columns, shuffle);
            ValueGetter<int> getId = cursor.GetGetter<int>(columns[0]);
            ValueGetter<VBuffer<byte>> getLabel = cursor.GetGetter<VBuffer<byte>>(columns[1]);
            int id = 0;
            VBuffer<byte> label = default;
            while (cursor.MoveNext())
            {
                getId(ref id);
                if (id % 4 == 1)
                {
                    continue;
                }

                getLabel(ref label);
                CollectionAssert.AreEqual(expected[id], label.DenseValues().ToArray(), $"row {id}");
            }
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void PredictionsStandBesideTheLabelsOfTheirRowWhereMLNetReadsLabelsOnThreads(bool readsAhead)
    {
        using var folder = new TemporaryFolder();
        List<PathRow> paths = [];
        for (int i = 0; i < 30; i++)
        {
            using MLImage image = ScoringFixture.CreateImage(i, 16 + i, 16);
            image.Save(folder.Combine($"{i}.png"));
            string mask = folder.Write(
                $"{i}_mask.png", Data.PngWriter.Write(16 + i, 16, [.. Enumerable.Repeat((byte)(i % 5), 16 * (16 + i))], colorType: 0));
            paths.Add(new PathRow { Path = folder.Combine($"{i}.png"), Mask = mask });
        }

        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        transformer.ReadsAhead = readsAhead;
        IDataView view = ml.Data.LoadFromEnumerable(paths);
        LabelEncoding encoding = LabelEncoding.FromIds(transformer.ClassNames);
        view = ml.Transforms.LoadImages("Image", null, "Path").Fit(view).Transform(view);
        view = ml.Transforms.LoadLabelMasks("Label", null, "Mask", encoding).Fit(view).Transform(view);
        IDataView scored = transformer.Transform(view);

        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Label"], scored.Schema["PredictedLabel"]]);
        ValueGetter<VBuffer<byte>> getLabel = cursor.GetGetter<VBuffer<byte>>(scored.Schema["Label"]);
        ValueGetter<VBuffer<byte>> getPrediction = cursor.GetGetter<VBuffer<byte>>(scored.Schema["PredictedLabel"]);
        VBuffer<byte> label = default;
        VBuffer<byte> prediction = default;
        int row = 0;
        for (; cursor.MoveNext(); row++)
        {
            getPrediction(ref prediction);
            getLabel(ref label);
            Assert.AreEqual(16 * (16 + row), prediction.Length);
            Assert.AreEqual(16 * (16 + row), label.Length);
            Assert.AreEqual((row % 5) + 1, label.GetItemOrDefault(0));
        }

        Assert.AreEqual(30, row);
    }

    [TestMethod]
    public void AMissingImageColumnIsRefusedByTheSchema()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        IDataView view = ml.Data.LoadFromEnumerable([new PathRow()]);

        Exception error = Assert.Throws<ArgumentException>(() => transformer.GetOutputSchema(view.Schema));
        StringAssert.Contains(error.Message, "Could not find image column 'Image'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void AnImageColumnOfAnotherTypeIsRefusedByTheSchema()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        IDataView view = ml.Data.LoadFromEnumerable([new TextRow()]);

        Exception error = Assert.Throws<ArgumentException>(() => transformer.Transform(view));
        StringAssert.Contains(error.Message, "image column 'Image': expected MLImage, got String", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ARowWithoutImageIsNamed(bool readsAhead)
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        transformer.ReadsAhead = readsAhead;
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(3);
        rows[2].Image = null;

        Exception error = Assert.Throws<InvalidOperationException>(() => Score(ml, transformer, rows));
        StringAssert.Contains(error.Message, "Column 'Image' has no image in row 2", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ADisposedTransformerSaysSo(bool readsAhead)
    {
        var ml = new MLContext(1);
        RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        transformer.ReadsAhead = readsAhead;
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(1);
        IDataView view = ml.Data.LoadFromEnumerable(rows);
        IDataView scored = transformer.Transform(view);
        transformer.Dispose();
        transformer.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => transformer.Transform(view));
        Assert.ThrowsExactly<ObjectDisposedException>(() => scored.GetColumn<VBuffer<byte>>("PredictedLabel").ToArray());
        _ = rows[0].Image!.Width;
    }

    [TestMethod]
    public void TheDeviceIsLoggedAndAMissingGpuIsRefusedUnlessFallingBackIsAllowed()
    {
        if (TorchSharp.torch.cuda.is_available())
        {
            Assert.Inconclusive("This machine has a GPU.");
        }

        var messages = new List<string>();
        var ml = new MLContext(1) { GpuDeviceId = 0, FallbackToCpu = true };
        ml.Log += (_, message) =>
        {
            if (message.Source.StartsWith("Road", StringComparison.Ordinal))
            {
                messages.Add(message.RawMessage);
            }
        };
        ScoringFixture.CreateTransformer(ml).Dispose();
        CollectionAssert.Contains(messages, "Device: cpu");

        var strict = new MLContext(1) { GpuDeviceId = 0, FallbackToCpu = false };
        Exception error = Assert.Throws<InvalidOperationException>(() => ScoringFixture.CreateTransformer(strict));
        StringAssert.Contains(error.Message, "GPU 0 is not available", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void NativeMemoryStaysFlatOverManyRows(bool readsAhead)
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml, "Score");
        transformer.ReadsAhead = readsAhead;
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(60);
        Consume(50);
        long tensors = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Consume(500);
        Assert.AreEqual(tensors, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Consume(int count)
        {
            IDataView view = transformer.Transform(
                ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => rows[i % rows.Count])));
            foreach (VBuffer<float> scores in view.GetColumn<VBuffer<float>>("Score"))
            {
                Assert.IsGreaterThan(0, scores.Length);
            }
        }
    }

    internal static byte[][] Score(MLContext ml, ITransformer transformer, IEnumerable<ScoringFixture.Row> rows) =>
        [.. transformer.Transform(ml.Data.LoadFromEnumerable(rows))
            .GetColumn<VBuffer<byte>>("PredictedLabel")
            .Select(mask => mask.DenseValues().ToArray())];

    private sealed class PathRow
    {
        public string Path { get; set; } = string.Empty;

        public string Mask { get; set; } = string.Empty;
    }

    private sealed class TextRow
    {
        public string Image { get; set; } = string.Empty;
    }
}
