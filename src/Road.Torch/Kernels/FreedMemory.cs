using System.Runtime.InteropServices;

namespace Road.Torch;

/// <summary>
/// Gives memory that was freed back to the system. glibc keeps blocks of up to 32 MiB for later: between tiles of several
/// sizes that grows to hundreds of MiB, as the holes that one tile leaves do not fit the next.
/// </summary>
internal static partial class FreedMemory
{
    private static bool s_isMissing = !OperatingSystem.IsLinux();

    /// <summary>Gives back what the C library keeps; nothing where it has no such call.</summary>
    public static void GiveBack()
    {
        if (s_isMissing)
        {
            return;
        }

        try
        {
            _ = Trim(0);
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            s_isMissing = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Trim(nuint kept);
}
