using System.Runtime.InteropServices;

namespace Road.MLNet.Tests.Processes;

/// <summary>Named pipes in the file system.</summary>
internal static partial class NamedPipe
{
    /// <summary>Makes one; the test is inconclusive where there are none.</summary>
    /// <returns>Its path.</returns>
    public static string Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Windows has no named pipes in folders.");
        }

        const int ReadAndWrite = 0b110_110_110;
        Assert.AreEqual(0, Make(path, ReadAndWrite), path);
        return path;
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Make(string path, int mode);
}
