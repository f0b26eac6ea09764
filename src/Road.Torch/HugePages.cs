using System.Runtime.InteropServices;

namespace Road.Torch;

/// <summary>
/// Large tensors on pages of 2 MiB. A scored image takes gigabytes that come fresh from the system, which zeroes and maps them page by
/// page; with the usual pages of 4 KiB that is a tenth to a fifth of the time. libtorch asks Linux for the large ones where an environment
/// variable says so when it allocates for the first time.
/// </summary>
internal static partial class HugePages
{
    /// <summary>The variable that libtorch reads.</summary>
    public const string Variable = "THP_MEM_ALLOC_ENABLE";

    /// <summary>Sets the variable for this process unless it is set already; nothing where there are no such pages.</summary>
    public static void Allow()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            // The runtime's own way changes its copy of the environment, which native code does not see.
            _ = SetVariable(Variable, "1", overwrite: 0);
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library under another name: pages stay as they are.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
