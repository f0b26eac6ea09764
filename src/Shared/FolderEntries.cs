using System.Runtime.InteropServices;

namespace Road.Files;

/// <summary>The names that a folder holds, which the system writes to the disk apart from the files' content.</summary>
internal static partial class FolderEntries
{
    private const int ReadOnly = 0;

    /// <summary>
    /// Brings the names in a folder to the disk, so that a file that was renamed there is there after a power cut too. Where the file
    /// system does not know how, nothing is done; on Windows it does so by itself.
    /// </summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = Open(folder, ReadOnly);
        if (handle >= 0)
        {
            _ = Synchronize(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronize(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
