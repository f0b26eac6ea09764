using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Road.Torch.Tests;

[TestClass]
public sealed partial class HugePagesTests
{
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void LargeTensorsAskForLargePages()
    {
        if (!File.Exists("/sys/kernel/mm/transparent_hugepage/enabled") || Read(HugePages.Variable) != "1")
        {
            Assert.Inconclusive("This system has no transparent huge pages, or its environment turns them off.");
        }

        const int Size = 64 << 20;
        using Tensor large = zeros(Size, ScalarType.Byte);
        ulong middle = Address(large) + (Size / 2);

        string[] lines = File.ReadAllLines("/proc/self/smaps");
        int mapping = Array.FindIndex(lines, line => Range(line) is (ulong start, ulong end) && start <= middle && middle < end);
        string flags = lines.Skip(mapping + 1).First(static line => line.StartsWith("VmFlags:", StringComparison.Ordinal));
        CollectionAssert.Contains(flags.Split(' '), "hg", flags);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void WhatTheEnvironmentSaysStays()
    {
        string? before = Read(HugePages.Variable);
        try
        {
            Write(HugePages.Variable, "0", 1);
            HugePages.Allow();
            Assert.AreEqual("0", Read(HugePages.Variable));
        }
        finally
        {
            Write(HugePages.Variable, before ?? "1", 1);
        }
    }

    private static unsafe ulong Address(Tensor tensor) => (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>The addresses of a mapping, where the line is the first of one.</summary>
    private static (ulong Start, ulong End)? Range(string line)
    {
        string[] ends = line.Split(' ')[0].Split('-');
        return ends.Length == 2
            && ulong.TryParse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start)
            && ulong.TryParse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong end) ? (start, end) : null;
    }

    private static string? Read(string name) => Marshal.PtrToStringUTF8(ReadVariable(name));

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReadVariable(string name);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Write(string name, string value, int overwrite);
}
