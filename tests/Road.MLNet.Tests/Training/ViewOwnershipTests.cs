using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Scoring;
using Road.Torch.Data;

namespace Road.MLNet.Tests.Training;

/// <summary>Images that a view makes for each row are freed, images that it merely hands out are not.</summary>
[TestClass]
public sealed class ViewOwnershipTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void AnImageThatLoadImagesMadeIsFreedAtTheNextRowAndAtTheEnd()
    {
        using var folders = new TrainingFolders(sources: 4);
        List<MLImage> made = [];
        IDataView view = new WatchingView(folders.Source(_ml), "SourceImage", made);
        ViewSampleSource source = new(view, "SourceImage", "SourceLabel", null);
        using (ISampleCursor cursor = source.Open(1))
        {
            while (cursor.MoveNext())
            {
                cursor.Decode();
                Assert.AreEqual(1, made.Count(image => !IsDisposed(image)));
            }
        }

        Assert.HasCount(4, made);
        Assert.IsTrue(made.All(IsDisposed));
    }

    [TestMethod]
    public void AnImageThatTheUserMadeIsNeverFreed()
    {
        MLImage[] images = [.. Enumerable.Range(0, 4).Select(i => ScoringFixture.CreateImage(i, 48, 40))];
        IDataView view = _ml.Data.LoadFromEnumerable(images.Select(image => new TrainerFixture.ImageRow { SourceImage = image }).ToArray());
        ViewSampleSource source = new(view, "SourceImage", null, null);
        for (int pass = 0; pass < 3; pass++)
        {
            using ISampleCursor cursor = source.Open(pass);
            while (cursor.MoveNext())
            {
                cursor.Decode();
            }
        }

        Assert.IsFalse(images.Any(IsDisposed));
    }

    [TestMethod]
    public void ARowAfterABadOneIsReadAsIfNothingHadHappened()
    {
        using var folders = new TrainingFolders(sources: 5);
        Dictionary<UInt128, byte[]> expected = Read(folders);
        File.WriteAllText(folders.SourceImage(1), "no image");
        File.WriteAllText(folders.SourceLabel(3), "no mask");

        Dictionary<UInt128, byte[]> actual = Read(folders);

        CollectionAssert.AreEquivalent(new UInt128[] { 0, 2, 4 }, actual.Keys.ToArray());
        foreach ((UInt128 id, byte[] bytes) in actual)
        {
            CollectionAssert.AreEqual(expected[id], bytes);
        }
    }

    [TestMethod]
    public void ARowHasTheSameIdInEveryPass()
    {
        using var folders = new TrainingFolders(sources: 5);
        ViewSampleSource source = new(folders.Source(_ml), "SourceImage", "SourceLabel", null);
        Dictionary<UInt128, string> first = [];
        for (int pass = 0; pass < 3; pass++)
        {
            using ISampleCursor cursor = source.Open(pass);
            while (cursor.MoveNext())
            {
                string pixels = Convert.ToBase64String(cursor.Decode().Pixels);
                Assert.AreEqual(first.TryAdd(cursor.Id, pixels) ? pixels : first[cursor.Id], pixels);
            }
        }

        Assert.HasCount(5, first);
        Assert.HasCount(5, first.Values.Distinct().ToArray());
    }

    [TestMethod]
    [DataRow(true, true)]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(false, false)]
    public void EveryKindOfViewGivesTheSameModelWithAndWithoutACache(bool shuffles, bool inMemory)
    {
        using var folders = new TrainingFolders();
        IDataView view = inMemory ? InMemory(folders) : folders.Source(_ml);
        byte[][] weights = [.. new[] { (1, 0L), (4, 0L), (4, 1L << 20), (1, 2 * 48 * 40 * 4L) }.Select(setting =>
        {
            RoadTrainerOptions options = TrainerFixture.SourceOnly();
            options.Iterations = 8;
            (options.LoaderWorkers, options.SampleCacheBytes) = setting;
            options.CropScale = new ScaleRange(0.5, 2);
            options.BrightnessJitter = 0.2;
            options.BlurSigma = 1;
            options.CropsPerImage = 2;
            using RoadTransformer model = new MLContext(5).SemanticSegmentation.Trainers.Road(options).Fit(
                new CountingView(view, shuffles));
            return TrainerFixture.SavedWeights(_ml, model);
        })];
        foreach (byte[] other in weights)
        {
            CollectionAssert.AreEqual(weights[0], other);
        }
    }

    [TestMethod]
    [DataRow("text file")]
    [DataRow("cached")]
    [DataRow("shuffled rows")]
    [DataRow("filtered")]
    public void ViewsOfMlnetsOwnGiveTheSameBatchesWhateverTheWorkersAndTheCache(string kind)
    {
        using var folders = new TrainingFolders(sources: 6);
        string table = folders.Combine("rows.tsv");
        File.WriteAllLines(table, Enumerable.Range(0, 6).Select(i => $"{folders.SourceImage(i)}\t{folders.SourceLabel(i)}\t{i}"));
        IDataView view = _ml.Data.LoadFromTextFile(
            table, [new("ImagePath", DataKind.String, 0), new("LabelPath", DataKind.String, 1), new("Number", DataKind.Single, 2)]);
        view = kind switch
        {
            "cached" => _ml.Data.Cache(view),
            "shuffled rows" => _ml.Data.ShuffleRows(view, seed: 3),
            "filtered" => _ml.Data.FilterRowsByColumn(view, "Number", 0, 4.5),
            _ => view,
        };
        view = _ml.Transforms.LoadImages("SourceImage", null, "ImagePath").Fit(view).Transform(view);
        view = _ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", TrainingFolders.Encoding).Fit(view).Transform(view);

        string[][] streams = [.. new[] { (1, 0L), (4, 0L), (4, 1L << 20) }.Select(setting =>
        {
            (int workers, long bytes) = setting;
            ViewSampleSource source = new(view, "SourceImage", "SourceLabel", null);
            using CropStream stream = new(new CachedSampleSource(source, new SampleCache(bytes)), new RandomCrop(16), "source", 2, workers);
            return Enumerable.Range(0, 40).Select(_ => stream.Next()).Select(
                crop => $"{crop.Window} {Convert.ToBase64String([.. crop.Pixels, .. crop.Labels!])}").ToArray();
        })];

        Assert.HasCount(40, streams[0].Distinct().ToArray());
        CollectionAssert.AreEqual(streams[0], streams[1]);
        CollectionAssert.AreEqual(streams[0], streams[2]);
    }

    private IDataView InMemory(TrainingFolders folders)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new TrainerFixture.ImageRow
        {
            SourceImage = ScoringFixture.CreateImage(i, 48, 40),
            LabelPath = folders.SourceLabel(i),
        }).ToArray());
        return _ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", TrainingFolders.Encoding).Fit(rows).Transform(rows);
    }

    private Dictionary<UInt128, byte[]> Read(TrainingFolders folders)
    {
        ViewSampleSource source = new(folders.Source(_ml), "SourceImage", "SourceLabel", null);
        Dictionary<UInt128, byte[]> samples = [];
        using ISampleCursor cursor = source.Open(1);
        while (cursor.MoveNext())
        {
            try
            {
                DecodedSample sample = cursor.Decode();
                samples.Add(cursor.Id, [.. sample.Pixels, .. sample.Labels!]);
            }
            catch (InvalidDataException)
            {
                // Left out, as a stream that skips does.
            }
        }

        return samples;
    }

    private static bool IsDisposed(MLImage image)
    {
        try
        {
            return image.Width < 0;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>A view that notes every image that its getters hand out.</summary>
    private sealed class WatchingView(IDataView inner, string column, List<MLImage> seen) : IDataView
    {
        public bool CanShuffle => inner.CanShuffle;

        public DataViewSchema Schema => inner.Schema;

        public long? GetRowCount() => inner.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
            new Cursor(inner.GetRowCursor(columnsNeeded, rand), column, seen);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];

        private sealed class Cursor(DataViewRowCursor cursor, string watched, List<MLImage> seen) : DataViewRowCursor
        {
            public override DataViewSchema Schema => cursor.Schema;

            public override long Position => cursor.Position;

            public override long Batch => cursor.Batch;

            public override bool MoveNext() => cursor.MoveNext();

            public override bool IsColumnActive(DataViewSchema.Column column) => cursor.IsColumnActive(column);

            public override ValueGetter<DataViewRowId> GetIdGetter() => cursor.GetIdGetter();

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            {
                ValueGetter<TValue> getter = cursor.GetGetter<TValue>(column);
                if (column.Name != watched)
                {
                    return getter;
                }

                return (ref TValue value) =>
                {
                    getter(ref value);
                    seen.Add((MLImage)(object)value!);
                };
            }

            protected override void Dispose(bool disposing)
            {
                cursor.Dispose();
                base.Dispose(disposing);
            }
        }
    }
}
