using Road.Torch.Training;
using Road.Torch.Weights;

namespace Road.Torch.Tests.Training;

/// <summary>A checkpoint is not taken once anything in it has changed, wherever that is.</summary>
[TestClass]
public sealed class DamagedCheckpointTests
{
    [TestMethod]
    public void AFlippedBitIsNoticedWhereverItIs()
    {
        using TemporaryFolder folder = new();
        (string path, byte[] content) = Create(folder);
        AssertTaken(folder, path, content);

        // Every byte of the header's length and of the tensors' end; between them, steps that are no multiple of a number's size.
        for (int place = 0; place < content.Length; place += place < 64 || place > content.Length - 64 ? 1 : 7)
        {
            byte[] damaged = [.. content];
            damaged[place] ^= (byte)(1 << (place % 8));
            AssertRefused(folder, path, damaged, $"bit {place % 8} of byte {place}");
        }
    }

    [TestMethod]
    public void OtherBytesAreNoticedWhateverTheyAre()
    {
        using TemporaryFolder folder = new();
        (string path, byte[] content) = Create(folder);
        Random random = new(5);
        for (int i = 0; i < 500; i++)
        {
            // Half of them in the header, which is the smaller part.
            byte[] damaged = [.. content];
            int start = random.Next(i % 2 == 0 ? content.Length : 8 + (int)BitConverter.ToInt64(content));
            Span<byte> part = damaged.AsSpan(start, Math.Min(random.Next(1, 9), damaged.Length - start));
            random.NextBytes(part);
            if (!damaged.AsSpan().SequenceEqual(content))
            {
                AssertRefused(folder, path, damaged, $"{part.Length} bytes from {start} on");
            }
        }
    }

    [TestMethod]
    public void WhatIsCutOffOrAddedIsNoticed()
    {
        using TemporaryFolder folder = new();
        (string path, byte[] content) = Create(folder);
        for (int length = 0; length < content.Length; length += 97)
        {
            AssertRefused(folder, path, content[..length], $"cut to {length}");
        }

        AssertRefused(folder, path, [.. content, 0], "one more byte");
        AssertRefused(folder, path, [.. content, .. content], "twice");
    }

    [TestMethod]
    public void ExchangedTensorsOfOneShapeAreNoticed()
    {
        using TemporaryFolder folder = new();
        (string path, byte[] content) = Create(folder);
        int start = 8 + (int)BitConverter.ToInt64(content);
        int pairs = 0;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            foreach (WeightsEntry[] alike in file.Entries.GroupBy(static entry => $"{entry.Type} {string.Join(' ', entry.Shape)}").Select(
                static group => group.ToArray()))
            {
                for (int i = 1; i < alike.Length; i++)
                {
                    byte[] damaged = [.. content];
                    Span<byte> first = damaged.AsSpan(start + (int)alike[0].Offset, (int)alike[0].ByteLength);
                    Span<byte> second = damaged.AsSpan(start + (int)alike[i].Offset, (int)alike[i].ByteLength);
                    byte[] kept = first.ToArray();
                    second.CopyTo(first);
                    kept.CopyTo(second);
                    if (!damaged.AsSpan().SequenceEqual(content))
                    {
                        pairs++;
                        AssertRefused(folder, path, damaged, $"{alike[0].Name} and {alike[i].Name}");
                    }
                }
            }
        }

        Assert.IsGreaterThan(5, pairs);
    }

    private static (string Path, byte[] Content) Create(TemporaryFolder folder)
    {
        RoadTrainingOptions options = new()
        {
            CropSize = 32,
            BatchSize = 1,
            Iterations = 2,
            LearningRate = 0.01,
            LoaderWorkers = 1,
            RegionRows = 1,
            RegionColumns = 2,
            CheckpointDirectory = folder.Path,
        };
        using TrainingFixture fixture = new(options, new DropoutFactory());
        fixture.Train(new StripedSource(8, labelled: true), new StripedSource(8, labelled: false));
        string path = Path.GetFullPath(folder["checkpoint.safetensors"]);
        return (path, File.ReadAllBytes(path));
    }

    private static void AssertRefused(TemporaryFolder folder, string path, byte[] content, string what)
    {
        File.WriteAllBytes(path, content);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => new TrainingCheckpoint(folder.Path, new Dictionary<string, string>(), new Dictionary<string, string>()).Read(2), what);
        StringAssert.Contains(error.Message, path, what);
    }

    private static void AssertTaken(TemporaryFolder folder, string path, byte[] content)
    {
        // A sound one comes as far as the comparison of what it was made with.
        File.WriteAllBytes(path, content);
        Assert.ThrowsExactly<InvalidOperationException>(
            () => new TrainingCheckpoint(folder.Path, new Dictionary<string, string>(), new Dictionary<string, string>()).Read(2));
    }
}
