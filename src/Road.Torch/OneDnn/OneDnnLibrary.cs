using System.Reflection;
using System.Runtime.InteropServices;

namespace Road.Torch.OneDnn;

/// <summary>The switches of libtorch for the libraries that it computes with, and the record that oneDNN keeps of the processor.</summary>
internal sealed unsafe class OneDnnLibrary
{
    private const string ProcessorSymbol = "_ZN4dnnl4impl3cpu3x643cpuEv";

    private static readonly string ContextSymbol =
        OperatingSystem.IsWindows() ? "?globalContext@at@@YAAEAVContext@1@XZ" : "_ZN2at13globalContextEv";

    private readonly nint _library;

    private OneDnnLibrary(nint library) => _library = library;

    /// <summary>Finds the library, which TorchSharp has loaded.</summary>
    /// <param name="torchSharp">TorchSharp's assembly.</param>
    /// <returns>The library; null where it is not found.</returns>
    public static OneDnnLibrary? Find(Assembly torchSharp) =>
        NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out nint library) ? new OneDnnLibrary(library) : null;

    /// <summary>Switches oneDNN off.</summary>
    /// <returns>False where libtorch has no such switch.</returns>
    public bool SwitchOff() => SwitchOff(
        OperatingSystem.IsWindows() ? "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z" : "_ZN2at7Context20setUserEnabledMkldnnEb");

    /// <summary>Switches NNPACK off.</summary>
    /// <returns>False where libtorch has no such switch.</returns>
    public bool SwitchOffNnpack() => SwitchOff(
        OperatingSystem.IsWindows() ? "?setUserEnabledNNPACK@Context@at@@QEAAX_N@Z" : "_ZN2at7Context20setUserEnabledNNPACKEb");

    /// <summary>Whether NNPACK may be used; null where libtorch does not tell.</summary>
    public bool? IsNnpackOn() => NativeLibrary.TryGetExport(_library, ContextSymbol, out nint context)
        && NativeLibrary.TryGetExport(
            _library, OperatingSystem.IsWindows()
                ? "?userEnabledNNPACK@Context@at@@QEBA_NXZ"
                : "_ZNK2at7Context17userEnabledNNPACKEv", out nint get)
        ? ((delegate* unmanaged<nint, byte>)get)(((delegate* unmanaged<nint>)context)()) != 0
        : null;

    /// <summary>
    /// Finds oneDNN's record of the processor, which it makes on the first request. The function that gives it is not exported, but
    /// stands in the library's symbol table.
    /// </summary>
    /// <returns>The record's memory; empty where there is no such function, or the library cannot be read.</returns>
    public Span<uint> FindProcessorRecord()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryGetExport(_library, ContextSymbol, out nint context)
            || PathOf(context) is not { } path)
        {
            return [];
        }

        try
        {
            if (ElfSymbols.Find(path, ContextSymbol, ProcessorSymbol) is not [long contextValue, long processorValue])
            {
                return [];
            }

            var processor = (delegate* unmanaged<uint*>)(context - (nint)contextValue + (nint)processorValue);
            return new Span<uint>(processor(), ProcessorRecord.WordCount);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or OverflowException)
        {
            return [];
        }
    }

    /// <summary>The file that is mapped where an address lies.</summary>
    private static string? PathOf(nint address)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            // start-end permissions offset device inode path
            string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string[] range = parts[0].Split('-');
            if (parts.Length == 6 && Convert.ToUInt64(range[0], 16) <= (ulong)address && (ulong)address < Convert.ToUInt64(range[1], 16))
            {
                return parts[5];
            }
        }

        return null;
    }

    private bool SwitchOff(string symbol)
    {
        if (!NativeLibrary.TryGetExport(_library, ContextSymbol, out nint context)
            || !NativeLibrary.TryGetExport(_library, symbol, out nint set))
        {
            return false;
        }

        ((delegate* unmanaged<nint, byte, void>)set)(((delegate* unmanaged<nint>)context)(), 0);
        return true;
    }
}
