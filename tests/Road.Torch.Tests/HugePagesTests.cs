using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Road.Torch.Tests;

[TestClass]
public sealed class HugePagesTests
{
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public unsafe void TheMemoryIsMarkedForLargePagesAndKeepsItsValues()
    {
        if (!File.Exists("/sys/kernel/mm/transparent_hugepage/enabled"))
        {
            Assert.Inconclusive("This system has no transparent huge pages.");
        }

        const int Size = 64 << 20;
        using Tensor large = zeros(Size, ScalarType.Byte);
        void* memory = Unsafe.AsPointer(ref MemoryMarshal.GetReference(large.bytes));
        large.bytes.Fill(7);

        HugePages.AskFor(memory, Size);

        ulong middle = (ulong)memory + (Size / 2);
        string[] lines = File.ReadAllLines("/proc/self/smaps");
        int mapping = Array.FindIndex(lines, line => Range(line) is (ulong start, ulong end) && start <= middle && middle < end);
        string flags = lines.Skip(mapping + 1).First(static line => line.StartsWith("VmFlags:", StringComparison.Ordinal));
        CollectionAssert.Contains(flags.Split(' '), "hg", flags);
        Assert.IsFalse(large.bytes.ContainsAnyExcept((byte)7));
    }

    [TestMethod]
    public unsafe void LessThanAPageIsLeftAsItIs()
    {
        byte value = 7;
        HugePages.AskFor(&value, 1);
        Assert.AreEqual(7, value);
    }

    /// <summary>The addresses of a mapping, where the line is the first of one.</summary>
    private static (ulong Start, ulong End)? Range(string line)
    {
        string[] ends = line.Split(' ')[0].Split('-');
        return ends.Length == 2
            && ulong.TryParse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start)
            && ulong.TryParse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong end) ? (start, end) : null;
    }
}
