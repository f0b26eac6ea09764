using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Road.Files;

/// <summary>
/// Opens files that are read. What is no regular file once links are resolved, such as a named pipe or a device, is refused before it is
/// opened, since opening or reading it may wait or go on for ever.
/// </summary>
internal static partial class InputFile
{
    /// <summary>The most bytes of a file that people write by hand, such as one of classes: 16 MiB.</summary>
    public const long HandWrittenLimit = 16L << 20;

    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint TypeField = 1;       // STATX_TYPE
    private const int StatusSize = 256;
    private const int ModeOffset = 28;

    private static bool s_hasNoStatus = !OperatingSystem.IsLinux();

    /// <summary>Opens a regular file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What messages call it, such as <c>image</c>.</param>
    /// <param name="bufferSize">The stream's buffer in bytes; 1 for none.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It is no regular file, or cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(string path, string kind, int bufferSize = 4096)
    {
        Check(path, kind);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize);
    }

    /// <summary>Reads a regular file that has a limit.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What messages call it, such as <c>classes file</c>.</param>
    /// <param name="limit">The most bytes that are read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It is no regular file, or cannot be read; the message names it.</exception>
    /// <exception cref="InvalidDataException">It is larger; the message names file, size and limit.</exception>
    public static byte[] ReadAllBytes(string path, string kind, long limit = HandWrittenLimit)
    {
        using FileStream file = Open(path, kind, bufferSize: 1);
        if (file.Length > limit)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The {kind} '{path}' has {file.Length} bytes; it must have {limit} ({limit >> 20} MiB) at most."));
        }

        byte[] content = new byte[file.Length];
        return content.AsSpan(0, file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)).ToArray();
    }

    /// <summary>Refuses what is there but no regular file; where nothing is, opening it will tell.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What messages call it.</param>
    /// <exception cref="IOException">It is no regular file; the message names it and what it is.</exception>
    public static void Check(string path, string kind)
    {
        if (Describe(path) is { } description)
        {
            throw new IOException($"The {kind} '{path}' is {description}; it must be a regular file.");
        }
    }

    /// <summary>What a path leads to, links resolved; null for a regular file, and for nothing.</summary>
    private static string? Describe(string path)
    {
        if (!s_hasNoStatus)
        {
            try
            {
                return DescribeMode(path);
            }
            catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
            {
                s_hasNoStatus = true;
            }
        }

        // Pipes, devices and sockets have no length. A regular file without one has nothing to read either.
        FileInfo file = new(path);
        return Directory.Exists(path) ? "a folder" : file.Exists && file.Length == 0 ? "empty, or no file but a device or the like" : null;
    }

    private static string? DescribeMode(string path)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        if (Status(CurrentFolder, path, 0, TypeField, status) != 0)
        {
            return null;
        }

        return (BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]) & 0xF000) switch
        {
            0x1000 => "a named pipe",
            0x2000 or 0x6000 => "a device",
            0x4000 => "a folder",
            0xC000 => "a socket",
            _ => null,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Status(int folder, string path, int flags, uint fields, Span<byte> status);
}
