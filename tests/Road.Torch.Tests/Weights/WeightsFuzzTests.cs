using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>Small files of every format, damaged at random places: each is read or refused, and nothing else happens.</summary>
[TestClass]
public sealed class WeightsFuzzTests
{
    private const int Count = 24_000;

    // Bytes that mean something to one of the formats: lengths, opcodes, brackets.
    private static readonly byte[] Meaningful = [0, 1, 0x7F, 0x80, 0xFF, .. "(){}[].0123456789RQcbtusaehqrX\"PK\n"u8];

    [TestMethod]
    public void MutatedFilesAreReadOrRefused()
    {
        using TemporaryFolder folder = new();
        byte[][] seeds = [.. Seeds(folder)];
        string path = folder["mutated.bin"];
        Random random = new(20180624);
        int refused = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] content = Mutate(seeds[i % seeds.Length], seeds[random.Next(seeds.Length)], random);
            Overwrite(path, content);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll(path);
            }
            catch (InvalidDataException exception)
            {
                refused++;
                StringAssert.Contains(exception.Message, path);
                Assert.IsFalse(exception.Message.Any(char.IsControl), exception.Message);
            }
            catch (Exception exception)
            {
                Assert.Fail($"File {i} of {seeds[i % seeds.Length].Length} bytes: {exception}\n{Convert.ToHexString(content)}");
            }

            Assert.IsLessThan(4 << 20, GC.GetAllocatedBytesForCurrentThread() - before, $"file {i}");
        }

        Assert.IsGreaterThan(Count / 2, refused);
        Assert.IsLessThan(Count, refused);
    }

    /// <summary>Replaces a file's content; emptying it first would make some file systems wait for the disk.</summary>
    private static void Overwrite(string path, byte[] content)
    {
        using FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.Write);
        stream.Write(content);
        stream.SetLength(content.Length);
    }

    private static void ReadAll(string path)
    {
        using DisposeScope scope = NewDisposeScope();
        using WeightsFile file = WeightsFile.Open(path);
        foreach (WeightsEntry entry in file.Entries)
        {
            using Tensor tensor = file.ReadTensor(entry.Name);
            Assert.AreEqual(entry.ElementCount, tensor.numel());
        }
    }

    private static IEnumerable<byte[]> Seeds(TemporaryFolder folder)
    {
        foreach (string name in new[] { "legacy-views.safetensors", "legacy-views.pth", "zip-protocol2.pt", "legacy-protocol1.pth",
            "legacy-protocol4.pth", "onnx-types.onnx" })
        {
            yield return File.ReadAllBytes(WeightsFixture.Find(name));
        }

        using SmallBackbone module = new();
        module.save(folder["w.dat"]);
        yield return File.ReadAllBytes(folder["w.dat"]);
        yield return PickleBytes.Zip(PickleBytes.Tensor());
        yield return PickleBytes.Legacy(PickleBytes.Tensor());
    }

    private static byte[] Mutate(byte[] seed, byte[] other, Random random)
    {
        List<byte> content = [.. seed];
        for (int i = random.Next(1, 5); i > 0 && content.Count > 0; i--)
        {
            int place = random.Next(content.Count);
            int length = Math.Min(random.Next(1, 16), content.Count - place);
            switch (random.Next(8))
            {
                case 0:
                    content[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 or 2:
                    content[place] = Meaningful[random.Next(Meaningful.Length)];
                    break;
                case 3:
                    content[place] = (byte)random.Next(256);
                    break;
                case 4:
                    content.RemoveRange(place, length);
                    break;
                case 5:
                    content.InsertRange(random.Next(content.Count), content.GetRange(place, length));
                    break;
                case 6:
                    int start = random.Next(other.Length);
                    content.InsertRange(place, other.AsSpan(start, Math.Min(length, other.Length - start)).ToArray());
                    break;
                default:
                    for (int j = 0; j < Math.Min(length, 8); j++)
                    {
                        content[place + j] = random.Next(2) == 0 ? (byte)0xFF : (byte)0;
                    }

                    break;
            }
        }

        return [.. content];
    }
}
