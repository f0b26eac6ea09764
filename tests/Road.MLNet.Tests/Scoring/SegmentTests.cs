using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Data;
using Road.Torch.Networks;
using SkiaSharp;

namespace Road.MLNet.Tests.Scoring;

/// <summary>One call for one image.</summary>
[TestClass]
public sealed class SegmentTests
{
    private static readonly MLContext ML = new(1);

    [TestMethod]
    public void ItGivesWhatTheColumnsOfAViewGive()
    {
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ML);
        transformer.ConfidenceColumnName = "Sure";
        List<ScoringFixture.Row> rows = ScoringFixture.CreateRows(3);
        IDataView scored = transformer.Transform(ML.Data.LoadFromEnumerable(rows));
        byte[][] labels = [.. scored.GetColumn<VBuffer<byte>>("PredictedLabel").Select(static value => value.DenseValues().ToArray())];
        float[][] sure = [.. scored.GetColumn<VBuffer<float>>("Sure").Select(static value => value.DenseValues().ToArray())];

        SegmentationResult[] results = new SegmentationResult[24];
        Parallel.For(0, results.Length, i =>
        {
            using MLImage copy = ScoringFixture.CreateImage(i % 3, rows[i % 3].Image!.Width, rows[i % 3].Image!.Height);
            results[i] = transformer.Segment(copy);
        });

        for (int i = 0; i < results.Length; i++)
        {
            using SegmentationResult result = results[i];
            Assert.AreEqual((rows[i % 3].Image!.Width, rows[i % 3].Image!.Height), (result.Width, result.Height));
            CollectionAssert.AreEqual(labels[i % 3], result.Labels.Keys.ToArray());
            CollectionAssert.AreEqual(sure[i % 3], result.Confidence.ToArray());
            Assert.AreEqual(1, result.Shares.Sum(), 1e-9);
            Assert.AreEqual(labels[i % 3].Count(static key => key == 2) / (double)labels[i % 3].Length, result.Shares[1], 1e-9);
            Assert.IsTrue(rows[i % 3].Image!.Pixels.SequenceEqual(result.Image.Pixels));
        }

        CollectionAssert.AreEqual(transformer.ClassNames.ToArray(), results[0].ClassNames.ToArray());
        CollectionAssert.AreEqual(transformer.ClassColors.ToArray(), results[0].ClassColors.ToArray());
    }

    [TestMethod]
    [DataRow("photo.jpg")]
    [DataRow("photo.png")]
    public void FilesAndStreamsStandUprightUnlessTheModelSaysOtherwise(string name)
    {
        using TemporaryFolder folder = new();
        byte[] photo = name.EndsWith(".jpg", StringComparison.Ordinal)
            ? PictureFile.Photo(6, 24, 40)
            : PictureFile.PngPhoto(6, 24, 40, isLast: true, isLittle: true);
        string path = folder.Write(name, photo);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ML);

        using SegmentationResult fromFile = transformer.Segment(path);
        using SegmentationResult fromStream = transformer.Segment(new ForwardOnly([9, 9, .. photo], start: 2));
        using SegmentationResult fromMemory = transformer.Segment(fromFile.Image);
        using (MLImage loaded = MLImage.CreateFromFile(path))
        {
            loaded.Tag = path; // as LoadImages leaves it
            using SegmentationResult fromLoaded = transformer.Segment(loaded);
            Assert.IsTrue(fromFile.Labels.Keys.SequenceEqual(fromLoaded.Labels.Keys));
        }

        Assert.AreEqual((24, 40), (fromFile.Width, fromFile.Height));
        Assert.AreEqual(PictureFile.Quarters[0].Red, fromFile.Image.Pixels[2], 3.0);
        Assert.IsTrue(fromFile.Labels.Keys.SequenceEqual(fromStream.Labels.Keys));
        Assert.IsTrue(fromFile.Labels.Keys.SequenceEqual(fromMemory.Labels.Keys));
        transformer.ImageOrientation = ImageOrientation.AsStored;
        using SegmentationResult stored = transformer.Segment(path);
        Assert.AreEqual((40, 24), (stored.Width, stored.Height));
    }

    [TestMethod]
    public void BadInputIsNamed()
    {
        using TemporaryFolder folder = new();
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(
            ML, factory: new DeepLabV2Factory { BackboneName = "squeezenet1_1" });
        byte[] photo = PictureFile.PngPhoto(1, 4, 5, isLast: false, isLittle: false);
        string small = folder.Write("small.png", photo);
        string text = folder.Write("page.jpg", "<html>gone</html>");
        string cut = folder.Write("cut.png", photo[..^30]);

        Refuses(() => transformer.Segment(small), $"The image file '{small}' has 4 x 5 pixels, which the network");
        Refuses(() => transformer.Segment(text), $"The image file '{text}' cannot be read: it is no image but text");
        Refuses(() => transformer.Segment(cut), $"The image file '{cut}' is cut off.");
        Refuses(() => transformer.Segment(new MemoryStream()), "The image stream cannot be read: it is empty.");
        Refuses(() => transformer.Segment(new MemoryStream(photo)), "The image stream has 4 x 5 pixels, which the network");
        StringAssert.Contains(
            Assert.ThrowsExactly<FileNotFoundException>(() => transformer.Segment(folder["none.png"])).Message, folder["none.png"]);
        transformer.MaxPixels = 19;
        Refuses(() => transformer.Segment(small), $"The image file '{small}' cannot be read: its size of 4 x 5 is 20 pixels, more than");
        Refuses(() => transformer.Segment(new MemoryStream(photo)), "The image stream cannot be read: its size of 4 x 5 is 20 pixels");
    }

    [TestMethod]
    public void WhatIsCancelledOrDisposedIsNotScored()
    {
        RoadTransformer transformer = ScoringFixture.CreateTransformer(ML);
        using MLImage image = ScoringFixture.CreateImage(1, 40, 24);
        CancellationToken cancelled = new(canceled: true);
        Assert.ThrowsExactly<OperationCanceledException>(() => transformer.Segment(image, cancelled));
        Assert.ThrowsExactly<OperationCanceledException>(() => transformer.Segment("nothing.png", cancelled));
        using CancellationTokenSource source = new();
        Assert.ThrowsExactly<OperationCanceledException>(() => transformer.Segment(new Endless(source), source.Token));

        SegmentationResult result = transformer.Segment(image);
        transformer.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => transformer.Segment(image));
        result.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => result.Overlay());
        Assert.AreEqual(40 * 24, result.Labels.Keys.Length);
    }

    [TestMethod]
    public void ItIsDrawnWithALegendOfTheClassesThatOccur()
    {
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ML);
        using MLImage image = ScoringFixture.CreateImage(1, 60, 30);
        using SegmentationResult result = transformer.Segment(image);
        RgbColor first = result.ClassColors[result.Labels.Keys[0] - 1];

        using MLImage mask = result.Mask();
        using MLImage whole = result.Overlay(1, legend: true);
        using MLImage none = result.Overlay(0);
        using MLImage outlined = result.Outlined(new RgbColor(1, 2, 3));
        using MLImage sure = result.ConfidenceMap();

        Assert.AreEqual((60, 30), (mask.Width, mask.Height));
        Assert.AreEqual(first, ColorAt(mask, 0));
        Assert.AreEqual(240, whole.Width);
        Assert.IsGreaterThan(30, whole.Height);
        Assert.AreEqual(first, ColorAt(whole, 0));
        HashSet<RgbColor> shown = [.. Enumerable.Range(30 * 240, 240 * (whole.Height - 30)).Select(pixel => ColorAt(whole, pixel))];
        for (int index = 0; index < result.ClassColors.Count; index++)
        {
            Assert.AreEqual(result.Shares[index] > 0, shown.Contains(result.ClassColors[index]), $"class {index}");
        }

        Assert.AreEqual(image.Pixels[0], none.Pixels[2]);
        Assert.IsTrue(Enumerable.Range(0, 1800).Any(pixel => ColorAt(outlined, pixel) == new RgbColor(1, 2, 3)));
        Assert.AreEqual((60, 30), (sure.Width, sure.Height));
    }

    [TestMethod]
    public void ASavedMaskHasIdsForProgramsAndColoursForPeople()
    {
        using TemporaryFolder folder = new();
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ML);
        using MLImage image = ScoringFixture.CreateImage(2, 47, 23);
        using SegmentationResult result = transformer.Segment(image);
        using MemoryStream stream = new();

        result.SaveMask(folder["mask.png"]);
        result.SaveMask(stream);

        CollectionAssert.AreEqual(File.ReadAllBytes(folder["mask.png"]), stream.ToArray());
        using LabelPng png = LabelPngReader.Read(folder["mask.png"]);
        byte[] ids = [.. result.Labels.Keys.ToArray().Select(static key => (byte)(key - 1))];
        CollectionAssert.AreEqual(ids, png.Bytes);
        CollectionAssert.AreEqual(ScoringFixture.Palette, png.Palette);
        using SKBitmap seen = SKBitmap.Decode(folder["mask.png"]);
        RgbColor color = result.ClassColors[ids[^1]];
        Assert.AreEqual(new SKColor(color.Red, color.Green, color.Blue), seen.GetPixel(46, 22));
        LabelMask masked = new([0, 2, 1, 1], 2, 2);
        RgbColor[] two = [new(1, 2, 3), new(4, 5, 6)];
        using MemoryStream other = new();
        masked.SavePng(other, two, [7, 26]);
        using LabelPng read = LabelPngReader.Decode(other.ToArray(), (int)other.Length, "mask");
        CollectionAssert.AreEqual(new byte[] { 255, 26, 7, 7 }, read.Bytes);
        CollectionAssert.AreEqual(new byte[] { 4, 5, 6 }, read.Palette![78..81]);
        Assert.ThrowsExactly<ArgumentException>(() => new LabelMask([3], 1, 1).SavePng(Stream.Null, two));
        Assert.ThrowsExactly<ArgumentException>(() => new LabelMask([1], 1, 1).SavePng(Stream.Null, two, [255, 1]));
        Assert.ThrowsExactly<ArgumentException>(() => new LabelMask([1], 1, 1).SavePng(Stream.Null, two, [1, 1]));
        Assert.ThrowsExactly<ArgumentException>(() => new LabelMask([1], 1, 1).SavePng(Stream.Null, two, [1]));
    }

    [TestMethod]
    public void TheNetworkComesOutOfAnyChainAndFile()
    {
        using TemporaryFolder folder = new();
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ML);
        IDataView rows = ML.Data.LoadFromEnumerable([new PathRow()]);
        ITransformer load = ML.Transforms.LoadImages("Image", null, nameof(PathRow.Path)).Fit(rows);
        TransformerChain<ITransformer> inner = new(load, transformer);
        TransformerChain<ITransformer> chain = new(inner, ML.Transforms.CopyColumns("Copy", "PredictedLabel").Fit(inner.Transform(rows)));
        Assert.AreSame(transformer, chain.GetRoadTransformer());
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => load.GetRoadTransformer()).Message, "it has 0");
        ML.Model.Save(chain, rows.Schema, folder["model.zip"]);
        ML.Model.Save(load, rows.Schema, folder["none.zip"]);
        using MLImage image = ScoringFixture.CreateImage(4, 40, 24);
        using SegmentationResult before = transformer.Segment(image);

        using RoadTransformer fromFile = new MLContext().Model.LoadSegmentation(folder["model.zip"]);
        using FileStream stream = File.OpenRead(folder["model.zip"]);
        using RoadTransformer fromStream = new MLContext().Model.LoadSegmentation(stream);

        foreach (RoadTransformer loaded in new[] { fromFile, fromStream })
        {
            using SegmentationResult after = loaded.Segment(image);
            Assert.IsTrue(before.Labels.Keys.SequenceEqual(after.Labels.Keys));
        }

        Refuses(() => ML.Model.LoadSegmentation(folder["none.zip"]), folder["none.zip"]);
        Refuses(() => ML.Model.LoadSegmentation(new MemoryStream([1, 2, 3])), "The model stream cannot be loaded");
        using FileStream none = File.OpenRead(folder["none.zip"]);
        Refuses(() => ML.Model.LoadSegmentation(none), "The model stream must hold one segmentation network, and it holds 0.");
    }

    private static RgbColor ColorAt(MLImage image, int pixel) =>
        new(image.Pixels[4 * pixel], image.Pixels[(4 * pixel) + 1], image.Pixels[(4 * pixel) + 2]);

    private static void Refuses(Action action, string message) =>
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(action).Message, message);

    private sealed class PathRow
    {
        public string Path { get; set; } = "none.png";
    }

    /// <summary>A stream that cannot seek, as those of a network, and does not begin with the image.</summary>
    private sealed class ForwardOnly : MemoryStream
    {
        public ForwardOnly(byte[] content, int start)
            : base(content) => base.Position = start;

        public override bool CanSeek => false;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override long Length => throw new NotSupportedException();
    }

    /// <summary>A stream without an end, which is cancelled after a while.</summary>
    private sealed class Endless(CancellationTokenSource source) : MemoryStream
    {
        private int _reads;

        public override int Read(Span<byte> buffer)
        {
            if (++_reads == 3)
            {
                source.Cancel();
            }

            return buffer.Length;
        }
    }
}
