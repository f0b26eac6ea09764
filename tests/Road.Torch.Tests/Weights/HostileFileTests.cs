using System.IO.Compression;
using Road.Torch.Weights;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>Files made to harm: each is refused with the file's name and the cause, in little time and memory.</summary>
[TestClass]
public sealed class HostileFileTests
{
    // What opening may allocate beside twice the file's length: buffers, and the budgets that every file has.
    private const long FreeAllocation = 48 << 20;

    [TestMethod]
    public void SmallestFilesByHandAreRead()
    {
        foreach (byte[] content in new[] { PickleBytes.Zip(PickleBytes.Tensor()), PickleBytes.Legacy(PickleBytes.Tensor()), Zip64() })
        {
            using TemporaryFolder folder = new();
            File.WriteAllBytes(folder["w"], content);
            using WeightsFile file = WeightsFile.Open(folder["w"]);
            using Tensor tensor = file.ReadTensor("w");
            Sequence.AreEqual(tensor.data<float>(), 0f, 0f);
        }
    }

    [TestMethod]
    [DataRow("\x80\x02}X\x01\0\0\0wcposix\nsystem\n(X\x09\0\0\0touch oh!tRs.", "posix.system")]
    [DataRow("cos\nsystem\n(S'touch oh!'\ntR.", "os.system")]
    [DataRow("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x09touch oh!\x85R.", "posix.system")]
    [DataRow("(S'touch oh!'\nios\nsystem\n.", "os.system")]
    [DataRow("c__builtin__\neval\n(S'1'\ntR.", "__builtin__.eval")]
    [DataRow("cbuiltins\ngetattr\n.", "builtins.getattr")]
    [DataRow("ctorch\nload\n.", "torch.load")]
    [DataRow("ctorch\nComplexFloatStorage\n.", "torch.ComplexFloatStorage")]
    [DataRow("cnumpy.core.multiarray\n_reconstruct\n.", "numpy.core.multiarray._reconstruct")]
    [DataRow("ctorchvision.models.resnet\nResNet\n)\x81.", "torchvision.models.resnet.ResNet")]
    [DataRow("cos\x1b[2J\nsy\x07stem\n.", "os?[2J.sy?stem")]
    public void GlobalsBeyondTensorsAreRefusedByNameAndNeverRun(string pickle, string name)
    {
        string zip = WeightsFixture.AssertRefused(PickleBytes.Zip(pickle), $"names the global '{name}', which is refused");
        StringAssert.Contains(zip, "nothing is run");
        WeightsFixture.AssertRefused(PickleBytes.Legacy(pickle), $"'{name}'");
        Assert.IsFalse(File.Exists("oh!"));
    }

    [TestMethod]
    [DataRow("\x80\x02K\x01.", "its value is no dictionary")]
    [DataRow("\x80\x02}.", "holds no tensors")]
    [DataRow("\x80\x06N.", "protocol 6")]
    [DataRow("0.", "takes more from its stack")]
    [DataRow("N(.", "takes more from its stack")]
    [DataRow("t.", "takes more from its stack")]
    [DataRow("h\x05.", "fetches the value 5")]
    [DataRow("gx\n.", "malformed number of a stored value")]
    [DataRow("L12x\n.", "malformed number '12x'")]
    [DataRow("Fnone\n.", "malformed number 'none'")]
    [DataRow("K\x01K\x02\x85R.", "calls something that is no global")]
    [DataRow("ccollections\nOrderedDict\nK\x01\x85R.", "arguments that it does not take")]
    [DataRow("ccollections\nOrderedDict\n(](K\x01K\x02K\u0003etR.", "something other than pairs")]
    [DataRow("]N}b.", "sets the state of something")]
    [DataRow("K\x01K\x02s.", "takes more from its stack")]
    [DataRow("NK\x01K\x02s.", "sets an item of something")]
    [DataRow("NK\x01\x61.", "appends to something")]
    [DataRow("}(K\x01u.", "a key that has no value")]
    [DataRow("K\x01Q.", "persistent identifier")]
    [DataRow("P0\n.", "instruction PersistentId")]
    [DataRow(")\x81.", "instruction NewObj")]
    [DataRow("\x82\x01.", "instruction Ext1")]
    [DataRow("\xff", "instruction 0xff")]
    [DataRow("N", "ends too early")]
    [DataRow("X\xff\xff\xff\xff", "ends too early")]
    [DataRow("\x8d\xff\xff\xff\xff\xff\xff\xff\xff", "ends too early")]
    public void DamagedPicklesAreRefusedWithTheCause(string pickle, string cause) =>
        WeightsFixture.AssertRefused(PickleBytes.Zip(pickle), cause);

    [TestMethod]
    public void TensorsOutsideTheirStorageAreRefusedByName()
    {
        AssertBoth("outside its storage of 2 elements", offset: "K\x01");
        AssertBoth("outside its storage", shape: "K\x03\x85");
        AssertBoth("outside its storage", strides: "K\x02\x85");
        AssertBoth("is malformed", offset: "J\xff\xff\xff\xff");
        AssertBoth("is malformed", strides: "J\xff\xff\xff\xff\x85");
        AssertBoth("is malformed", shape: "J\xff\xff\xff\xff\x85");
        AssertBoth("is malformed", strides: ")");
        AssertBoth("outside its storage", offset: "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f");
        AssertBoth(
            "too large", shape: "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x86",
            strides: "K\0K\0\x86");
        AssertBoth("more than the file's", shape: "\x8a\x05\0\0\0\0\x01\x85", strides: "K\0\x85");
        AssertBoth("are not up to 64 integers", shape: "N\x85");
        AssertBoth("arguments that it does not take", offset: "N");

        static void AssertBoth(string cause, string offset = "K\0", string shape = "K\x02\x85", string strides = "K\x01\x85")
        {
            string pickle = PickleBytes.Tensor(offset, shape, strides);
            WeightsFixture.AssertRefused(PickleBytes.Zip(pickle), cause);
            WeightsFixture.AssertRefused(PickleBytes.Legacy(pickle), cause);
        }
    }

    [TestMethod]
    public void StoragesThatAreNotThereOrTooShortAreRefused()
    {
        WeightsFixture.AssertRefused(
            PickleBytes.Zip(PickleBytes.Tensor(), storageLength: 7), "the storage '0' of 2 elements has an entry of 7 bytes");
        WeightsFixture.AssertRefused(
            ZipBytes.Create(("a/data.pkl", PickleBytes.Join(PickleBytes.Tensor()))), "no entry for the storage '0'");
        WeightsFixture.AssertRefused(PickleBytes.Legacy(PickleBytes.Tensor(), storageCount: 3), "has 3 elements where the pickle says 2");
        WeightsFixture.AssertRefused(
            PickleBytes.Legacy(PickleBytes.Tensor(count: "\x8a\x08\0\0\0\0\0\0\0\x40"), storageCount: 0), "has 0 elements");
        byte[] large = PickleBytes.Legacy(PickleBytes.Tensor(count: "\x8a\x08\0\0\0\0\0\0\0\x40"), storageCount: 0);
        BitConverter.GetBytes(1L << 62).CopyTo(large, large.Length - 8);
        WeightsFixture.AssertRefused(large, "the storage '0' ends too early");
        WeightsFixture.AssertRefused([.. PickleBytes.Legacy(PickleBytes.Tensor()), 0], "goes on for 1 bytes after its last storage");
    }

    [TestMethod]
    public void CompressedArchivesAreRefusedBeforeTheyGrow()
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (Stream pickle = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open())
            {
                pickle.Write(PickleBytes.Join(PickleBytes.Tensor()));
            }

            using Stream bomb = archive.CreateEntry("archive/data/0", CompressionLevel.SmallestSize).Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++)
            {
                bomb.Write(zeros);
            }
        }

        string message = WeightsFixture.AssertRefused(stream.ToArray(), "compressed entry", "that would grow to 67108864");
        StringAssert.Contains(message, "archive/data");
    }

    [TestMethod]
    public void DamagedArchivesAreRefusedWithTheCause()
    {
        byte[] pickle = PickleBytes.Join(PickleBytes.Tensor());
        WeightsFixture.AssertRefused(ZipBytes.Create(("a", pickle)), "0 entries 'NAME/data.pkl'");
        WeightsFixture.AssertRefused(ZipBytes.Create(("a/data.pkl", pickle), ("b/data.pkl", pickle)), "2 entries 'NAME/data.pkl'");
        WeightsFixture.AssertRefused(ZipBytes.Create(("a/data.pkl", pickle), ("a/data.pkl", pickle)), "names 'a/data.pkl' twice");
        WeightsFixture.AssertRefused(ZipBytes.Create(("a/data.pkl", pickle), ("a/constants.pkl", pickle)), "TorchScript");
        WeightsFixture.AssertRefused(ZipBytes.Create(("a/data.pkl", pickle), ("a/byteorder", "big"u8.ToArray())), "byte order is 'big'");
        WeightsFixture.AssertRefused(PickleBytes.Zip(PickleBytes.Tensor())[..^1], "no zip directory at its end");
        WeightsFixture.AssertRefused("PK\x3\x4"u8.ToArray(), "no zip directory at its end");
        WeightsFixture.AssertRefused(Archive(0, ("a/data.pkl", 8, 0), ("a/data/0", 8, 0)), "where it is not");
        WeightsFixture.AssertRefused(Archive(0, ("a/data.pkl", 8, 1 << 20)), "outside the file");
        WeightsFixture.AssertRefused(Archive(0, ("a/data.pkl", 1 << 30, 0)), "outside the file");
        WeightsFixture.AssertRefused(
            Archive(0, ("a/data.pkl", 60, 0), ("a/data.pk2", 8, 40)), "overlapping entries 'a/data.pkl' and 'a/data.pk2'");
        WeightsFixture.AssertRefused(Archive(1, ("a/data.pkl", 8, 0)), "encrypted entry 'a/data.pkl'");

        // Two headers, 40 bytes apart, with whatever the directory says of them.
        static byte[] Archive(ushort flags, params (string Name, uint Length, uint Start)[] entries)
        {
            using MemoryStream stream = new();
            using BinaryWriter writer = new(stream);
            ZipBytes.WriteLocal(writer, "a/data.pkl", 0);
            ZipBytes.WriteLocal(writer, "a/data.pk2", 0);
            writer.Write(new byte[100]);
            ZipBytes.WriteDirectory(writer, entries, flags);
            return stream.ToArray();
        }
    }

    [TestMethod]
    public void HeaderOfTwoToTheSixtyThreeBytesIsRefused()
    {
        byte[] content = SafetensorsBytes.Create("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1);
        BitConverter.GetBytes(1UL << 63).CopyTo(content, 0);
        WeightsFixture.AssertRefused(content, "9223372036854775808");
        WeightsFixture.AssertRefused(BitConverter.GetBytes(1UL << 63), "9223372036854775808");
    }

    [TestMethod]
    public void ThingsThatGrowFromFewBytesStayWithinTwiceTheFile()
    {
        const int Count = 4_000_000;

        // Nesting, and its undoing, without end.
        AssertCheap("\x80\x02" + new string(']', Count) + ".");
        AssertCheap("\x80\x02" + new string('(', Count) + ".");
        AssertCheap("\x80\x02]" + new string('\x85', Count) + ".");
        AssertCheap("\x80\x02" + new string(']', 200_000) + new string('a', 199_999) + ".");
        AssertCheap("\x80\x02}" + string.Concat(Enumerable.Repeat("]\x94", Count / 2)) + ".");

        // Lists that hold the list before ten times, and one list copied into a dictionary again and again.
        AssertCheap("\x80\x02]q\0" + string.Concat(Enumerable.Repeat("](h\0h\0h\0h\0h\0h\0h\0h\0h\0h\0eq\0", 1000)) + ".");
        AssertCheap(
            "\x80\u0002ccollections\nOrderedDict\nq\0](" + string.Concat(Enumerable.Repeat("NN\x86", 50_000)) + "e\x85q\x01"
            + string.Concat(Enumerable.Repeat("h\0h\x01R", 40_000)) + ".");

        // Texts, bytes and numbers of great length.
        AssertCheap("X\0\0\x40\0" + new string('a', Count) + string.Concat(Enumerable.Repeat("a", 200_000)) + ".");
        AssertCheap("\x8b\0\0\x40\0" + new string('\x7f', 1 << 22) + ".");
        AssertCheap("I" + new string('9', Count) + "\n.");
        AssertCheap("c" + new string('9', Count) + "\n.");

        static void AssertCheap(string pickle)
        {
            foreach (byte[] content in new[] { PickleBytes.Zip(pickle), PickleBytes.Legacy(pickle) })
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                WeightsFixture.AssertRefused(content);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.IsLessThan((2L * content.Length) + FreeAllocation, allocated, pickle[..Math.Min(20, pickle.Length)]);
            }
        }
    }

    [TestMethod]
    public void DamagedZip64ArchivesAreRefusedWithTheCause()
    {
        byte[] content = Zip64();
        WeightsFixture.AssertRefused(Changed(content.Length - 42, 0), "the zip64 end of its zip archive is missing");
        WeightsFixture.AssertRefused(Changed(content.Length - 27, 0x7F), "outside the file");
        WeightsFixture.AssertRefused(Changed(content.Length - 98, 0), "is not at byte");
        WeightsFixture.AssertRefused(Changed(content.Length - 43, 0x7F), "outside the file");
        WeightsFixture.AssertRefused(Changed(content.Length - 66, 3), "its zip directory ends too early");

        byte[] Changed(int place, byte value)
        {
            byte[] changed = [.. content];
            changed[place] = value;
            return changed;
        }
    }

    [TestMethod]
    public void DictionaryThatHoldsItselfIsRefused() =>
        WeightsFixture.AssertRefused(
            PickleBytes.Zip("\x80\x02}q\0" + PickleBytes.Text("state_dict") + "h\0s."), "more than 4 dictionaries deep");

    [TestMethod]
    public void FilesOfVeryManyTinyTensorsAreRefused()
    {
        // 4 bytes each: the name's length, 1 letter of it, the type and no dimensions; too many for their names to differ.
        byte[] tensors = new byte[4 + (1 << 20)];
        new byte[] { 0xff, 0xff, 0xff, 0x7f }.CopyTo(tensors, 0);
        WeightsFixture.AssertRefused(tensors, "TorchSharp's");

        string header = "{" + string.Join(',', Enumerable.Range(0, 40_000).Select(i => $$"""
            "{{i}}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}
            """)) + "}";
        WeightsFixture.AssertRefused(SafetensorsBytes.Create(header, 0), "too many for its length");
        WeightsFixture.AssertRefused(SafetensorsBytes.Create("{\"" + new string('n', 5000) + "\":{}}", 0), "a name of 5000 bytes");
        WeightsFixture.AssertRefused(
            SafetensorsBytes.Create(
                "{\"__metadata__\":{\"m\":\"" + new string('m', (1 << 22) + 1) + "\"}}", 0), "its metadata takes more than");
    }

    private static byte[] Zip64() =>
        ZipBytes.CreateZip64(("archive/data.pkl", PickleBytes.Join(PickleBytes.Tensor())), ("archive/data/0", new byte[8]));
}
