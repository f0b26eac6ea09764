using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Torch.Weights;

namespace Road.MLNet.Tests.Scoring;

/// <summary>A model file is not taken once anything in it has changed, wherever that is: ML.NET's own parts and the archive too.</summary>
[TestClass]
public sealed class DamagedModelTests
{
    [TestMethod]
    public void ASoundModelIsTakenBothWays()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.zip", ModelFiles.Create());

        ITransformer verified = new MLContext().Model.LoadVerified(path, out DataViewSchema? schema);
        ITransformer plain = new MLContext().Model.Load(path, out _);

        Assert.IsNotNull(schema!.GetColumnOrNull("ImagePath"));
        foreach (ITransformer model in new[] { verified, plain })
        {
            RoadTransformer transformer = ((IEnumerable<ITransformer>)model).OfType<RoadTransformer>().Single();
            Assert.HasCount(ScoringFixture.Classes, transformer.ClassNames);
            transformer.Dispose();
        }
    }

    [TestMethod]
    public void AFlippedBitIsNoticedWhereverItIs()
    {
        using TemporaryFolder folder = new();
        byte[] content = ModelFiles.Create();

        // Every byte of the archive's first header and of its directory's end; between them, steps that are no multiple of a number's size.
        for (int place = 0; place < content.Length; place += place < 60 || place > content.Length - 120 ? 1 : 7)
        {
            byte[] damaged = [.. content];
            damaged[place] ^= (byte)(1 << (place % 8));
            AssertRefused(folder, damaged, $"bit {place % 8} of byte {place}", plainly: place % 5 == 0);
        }
    }

    [TestMethod]
    public void OtherBytesAreNoticedWhateverTheyAre()
    {
        using TemporaryFolder folder = new();
        byte[] content = ModelFiles.Create();
        Random random = new(7);
        for (int i = 0; i < 1000; i++)
        {
            byte[] damaged = [.. content];
            int start = random.Next(content.Length);
            random.NextBytes(damaged.AsSpan(start, Math.Min(random.Next(1, 40), damaged.Length - start)));
            if (!damaged.AsSpan().SequenceEqual(content))
            {
                AssertRefused(folder, damaged, $"from byte {start} on", plainly: i % 5 == 0);
            }
        }
    }

    [TestMethod]
    public void WhatIsCutOffOrAddedIsNoticed()
    {
        using TemporaryFolder folder = new();
        byte[] content = ModelFiles.Create();
        for (int length = 0; length < content.Length; length += length < content.Length - 200 ? 41 : 1)
        {
            AssertRefused(folder, content[..length], $"cut to {length}", plainly: length % 5 == 0);
        }

        AssertRefused(folder, [.. content, 0], "one more byte");
        AssertRefused(folder, [.. content, .. new byte[100]], "a hundred more bytes");
        AssertRefused(folder, [0, .. content], "one more byte before");
        AssertRefused(folder, [.. content, .. ModelFiles.Create(channels: 5)], "another model behind");
    }

    [TestMethod]
    public void EntriesOfAnotherModelAreNoticed()
    {
        using TemporaryFolder folder = new();
        byte[] content = ModelFiles.Create();
        byte[] other = ModelFiles.Create(column: "PhotoPath", score: "Score");
        List<string> exchanged = [];
        using ZipArchive source = new(new MemoryStream(other));
        foreach (ZipArchiveEntry entry in source.Entries)
        {
            byte[] replacement = ModelFiles.Read(entry);
            byte[] damaged = ModelFiles.Change(content, zip => ModelFiles.Edit(zip.GetEntry(entry.FullName)!, _ => replacement));
            if (!damaged.AsSpan().SequenceEqual(content))
            {
                exchanged.Add(entry.FullName);
                AssertRefused(folder, damaged, entry.FullName);
            }
        }

        CollectionAssert.IsSubsetOf(
            new[] { "Schema", "TransformerChain/Transform_000/Model.key", "TransformerChain/Transform_001/Model.key",
                "TransformerChain/Transform_001/Weights.safetensors" },
            exchanged);
    }

    [TestMethod]
    public void EntriesThatAreMissingSurplusOrExchangedAreNoticed()
    {
        using TemporaryFolder folder = new();
        byte[] content = ModelFiles.Create();
        string[] names;
        using (ZipArchive zip = new(new MemoryStream(content)))
        {
            names = [.. zip.Entries.Select(static entry => entry.FullName)];
        }

        Assert.HasCount(7, names);
        foreach (string name in names)
        {
            AssertRefused(folder, ModelFiles.Change(content, zip => zip.GetEntry(name)!.Delete()), $"without {name}");
        }

        foreach (string name in names[1..])
        {
            AssertRefused(folder, ModelFiles.Change(content, zip => Swap(zip, name, names[0])), $"{name} exchanged");
        }

        AssertRefused(folder, ModelFiles.Change(content, static zip => zip.CreateEntry("notes.txt").Open().Dispose()), "with notes");
        AssertRefused(folder, ModelFiles.Change(content, static zip => zip.Comment = string.Empty), "without its digest");
    }

    [TestMethod]
    public void AChainThatHasLostItsTransformersIsNoticed()
    {
        using TemporaryFolder folder = new();
        byte[] content = ModelFiles.Create();
        for (byte left = 0; left < 2; left++)
        {
            byte count = left;
            byte[] damaged = ModelFiles.Change(content, zip => ModelFiles.Edit(zip.GetEntry("TransformerChain/Model.key")!, bytes =>
            {
                int place = bytes.AsSpan().IndexOf(new byte[] { 2, 0, 0, 0, 7, 0, 0, 0 });
                Assert.IsGreaterThanOrEqualTo(0, place);
                bytes[place] = count;
                return bytes;
            }));
            AssertRefused(folder, damaged, $"{count} transformers of 2");
        }
    }

    [TestMethod]
    public void AStreamThatCannotBeReadLeavesAModelWhoseWeightsAreCheckedAllTheSame()
    {
        using TemporaryFolder folder = new();
        byte[] content = Write(channels: 4, score: null);
        byte[] other = Write(channels: 4, score: "Score");
        string path = folder.Write("model.zip", content);
        ((IDisposable)new MLContext().Model.LoadVerified(path, out _)).Dispose();

        AssertRefused(folder, ModelFiles.Change(content, static zip => ModelFiles.Edit(Weights(zip), Exchange)), "two weights exchanged");
        AssertRefused(
            folder,
            ModelFiles.Change(content, zip =>
            {
                using ZipArchive source = new(new MemoryStream(other));
                byte[] weights = ModelFiles.Read(Weights(source));
                ModelFiles.Edit(Weights(zip), _ => weights);
            }),
            "the weights of other settings");

        static byte[] Write(int channels, string? score)
        {
            using var stream = new WriteOnlyStream();
            var ml = new MLContext(1);
            using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml, score, channels: channels);
            ml.Model.Save(transformer, ModelFiles.Paths(ml, "ImagePath").Schema, stream);
            return stream.Content.ToArray();
        }

        static ZipArchiveEntry Weights(ZipArchive zip) => zip.Entries.Single(static entry => entry.Name == "Weights.safetensors");

        static byte[] Exchange(byte[] bytes)
        {
            Span<byte> tensors = bytes.AsSpan(8 + (int)BitConverter.ToInt64(bytes));
            byte[] first = tensors[..4].ToArray();
            tensors[4..8].CopyTo(tensors);
            first.CopyTo(tensors[4..]);
            return bytes;
        }
    }

    [TestMethod]
    public void SeveralTransformersShareOneDigest()
    {
        using TemporaryFolder folder = new();
        var ml = new MLContext(1);
        using RoadTransformer first = ScoringFixture.CreateTransformer(ml);
        IDataView view = ModelFiles.Paths(ml, "ImagePath");
        ITransformer labels = ml.Transforms.LoadLabelMasks("Label", null, "ImagePath", LabelEncoding.CamVid).Fit(view);
        ml.Model.Save(new TransformerChain<ITransformer>(labels, first, first), view.Schema, folder["model.zip"]);

        ITransformer loaded = new MLContext().Model.LoadVerified(folder["model.zip"], out _);

        Assert.AreEqual(3, ((IEnumerable<ITransformer>)loaded).Count());
        using ZipArchive zip = ZipFile.OpenRead(folder["model.zip"]);
        Assert.AreEqual(1, zip.Entries.Count(static entry => entry.FullName == "RoadSeal"));
    }

    [TestMethod]
    public void AStepThatLoadsLabelsIsCheckedToo()
    {
        using TemporaryFolder folder = new();
        var ml = new MLContext(1);
        IDataView view = ModelFiles.Paths(ml, "ImagePath");
        ml.Model.Save(
            ml.Transforms.LoadLabelMasks("Label", null, "ImagePath", LabelEncoding.CamVid).Fit(view), view.Schema, folder["labels.zip"]);
        byte[] content = File.ReadAllBytes(folder["labels.zip"]);
        Assert.IsInstanceOfType<Road.MLNet.Data.LabelMaskLoadingTransformer>(new MLContext().Model.Load(folder["labels.zip"], out _));
        for (int place = 0; place < content.Length; place++)
        {
            byte[] damaged = [.. content];
            damaged[place] ^= (byte)(1 << (place % 8));
            AssertRefused(folder, damaged, $"bit {place % 8} of byte {place}", plainly: place % 5 == 0);
        }
    }

    [TestMethod]
    public void AModelThatHoldsNaNIsNotSaved()
    {
        var ml = new MLContext(1);
        using Road.Torch.Networks.SegmentationNetwork network = new TinyFactory().Create(2);
        using (TorchSharp.torch.no_grad())
        {
            network.parameters().Last().fill_(float.NaN);
        }

        using RoadTransformer transformer = new(ml, new Road.MLNet.Scoring.RoadModel(
            new TinyFactory(), network, ["a", "b"], [1, 2, 3, 4, 5, 6], InputNormalization.ImageNet, null, new(
                "Image", "PredictedLabel", "PredictedMask", null)));

        Exception error = Assert.Throws<Exception>(() => ml.Model.Save(transformer, null, new MemoryStream()));

        StringAssert.Contains(error.ToString(), "its tensor 'backbone.conv.bias' holds a number that is not finite");
    }

    [TestMethod]
    public void AModelThatHoldsNaNIsNotLoaded()
    {
        using var file = new MemoryStream();
        byte[] content = File.ReadAllBytes(ModelFiles.Fixture("model-1.zip"));
        file.Write(ModelFiles.Change(
            content, static zip => ModelFiles.Edit(zip.Entries.Single(static entry => entry.Name == "Weights.safetensors"), static bytes =>
        {
            BitConverter.GetBytes(float.NaN).CopyTo(bytes, 8 + (int)BitConverter.ToInt64(bytes));
            return bytes;
        })));

        Exception error = Assert.Throws<Exception>(() => new MLContext().Model.Load(file, out _));

        StringAssert.Contains(error.ToString(), "holds a number that is not finite");
        StringAssert.Contains(error.ToString(), "Weights.safetensors");
    }

    private static void Swap(ZipArchive zip, string left, string right)
    {
        ZipArchiveEntry first = zip.GetEntry(left)!;
        ZipArchiveEntry second = zip.GetEntry(right)!;
        byte[] kept = ModelFiles.Read(first);
        byte[] other = ModelFiles.Read(second);
        ModelFiles.Edit(first, _ => other);
        ModelFiles.Edit(second, _ => kept);
    }

    /// <summary>Loading it verified names the file, and loading it plainly gives no transformer of ours.</summary>
    private static void AssertRefused(TemporaryFolder folder, byte[] content, string what, bool plainly = true)
    {
        string path = folder.Write("damaged.zip", content);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => new MLContext().Model.LoadVerified(path, out _), what);
        StringAssert.Contains(error.Message, $"The model file '{path}' cannot be loaded: ", what);
        Assert.IsFalse(plainly && HasOwn(path), what);
    }

    private static bool HasOwn(string path)
    {
        try
        {
            ITransformer model = new MLContext().Model.Load(path, out _);
            return (model as IEnumerable<ITransformer> ?? [model]).Any(
                static part => part is RoadTransformer or Road.MLNet.Data.LabelMaskLoadingTransformer);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>Takes bytes and gives none back.</summary>
    private sealed class WriteOnlyStream : Stream
    {
        public MemoryStream Content { get; } = new();

        public override bool CanRead => false;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => Content.Length;

        public override long Position
        {
            get => Content.Position;
            set => Content.Position = value;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => Content.Seek(offset, origin);

        public override void SetLength(long value) => Content.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => Content.Write(buffer, offset, count);

        protected override void Dispose(bool disposing)
        {
            Content.Dispose();
            base.Dispose(disposing);
        }
    }
}
