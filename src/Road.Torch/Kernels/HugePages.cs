using System.Runtime.InteropServices;

namespace Road.Torch;

/// <summary>
/// Memory on pages of 2 MiB. Fresh memory is zeroed and mapped page by page when it is first written, which with the usual pages of 4 KiB
/// takes longer than what is computed into it where that is little.
/// </summary>
internal static partial class HugePages
{
    private const long PageSize = 2 << 20;
    private const int Advice = 14;
    private static bool s_isMissing = !OperatingSystem.IsLinux();

    /// <summary>
    /// Asks the system for large pages for the whole ones of a piece of memory that is not written yet; it may do without.
    /// </summary>
    public static unsafe void AskFor(void* memory, long bytes)
    {
        long start = ((long)memory + PageSize - 1) / PageSize * PageSize;
        long end = ((long)memory + bytes) / PageSize * PageSize;
        if (s_isMissing || end <= start)
        {
            return;
        }

        try
        {
            _ = Advise((nint)start, (nint)(end - start), Advice);
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            s_isMissing = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nint address, nint length, int advice);
}
