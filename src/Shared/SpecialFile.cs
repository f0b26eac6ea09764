using System.Runtime.InteropServices;

namespace Road.Files;

/// <summary>Tells what takes bytes in but is no file on a disk: devices, pipes, sockets, and what a process has open.</summary>
internal static partial class SpecialFile
{
    private const int FollowFromWorkingFolder = -100;
    private const uint TypeWanted = 1;
    private const int StatusLength = 256;
    private const int LinuxModeOffset = 28;
    private const int MacOSModeOffset = 4;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int FolderType = 0x4000;

    /// <summary>Whether a path leads, through links, to something that is there and is neither a regular file nor a folder.</summary>
    public static bool IsAt(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.GetFullPath(path).StartsWith(@"\\.\", StringComparison.Ordinal);
        }

        return ReadType(path) is int type && type is not (RegularType or FolderType);
    }

    /// <summary>
    /// The stream of this program's own output where a path names it, which continues what was written there; null elsewhere.
    /// </summary>
    public static Stream? OpenOwnOutput(string path) => OperatingSystem.IsWindows() ? null : path switch
    {
        "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1" => Console.OpenStandardOutput(),
        "/dev/stderr" or "/dev/fd/2" or "/proc/self/fd/2" => Console.OpenStandardError(),
        _ => null,
    };

    private static int? ReadType(string path)
    {
        Span<byte> status = stackalloc byte[StatusLength];
        try
        {
            int result = OperatingSystem.IsLinux() ? LinuxStatus(FollowFromWorkingFolder, path, 0, TypeWanted, status)
                : RuntimeInformation.ProcessArchitecture == Architecture.X64 ? MacOSStatus64(path, status)
                : MacOSStatus(path, status);
            int offset = OperatingSystem.IsLinux() ? LinuxModeOffset : MacOSModeOffset;
            return result == 0 ? MemoryMarshal.Read<ushort>(status[offset..]) & TypeMask : null;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library of before 2018; devices are known by their place.
            return path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal) ? 0 : null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LinuxStatus(int folder, string path, int flags, uint wanted, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MacOSStatus64(string path, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MacOSStatus(string path, Span<byte> status);
}
