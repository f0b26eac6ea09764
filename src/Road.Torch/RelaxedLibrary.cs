using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Road.Torch;

/// <summary>
/// Loads TorchSharp's library where the system's C++ library is older than the one that it was built against. It asks for
/// <c>GLIBCXX_3.4.32</c>, but uses nothing of that version that needs resolving. Builds that have Road's targets mark this need weak in the
/// application's copy; a project reference brings no targets, so that here it is done to a copy in memory, which no other process sees
/// and no folder has to take.
/// </summary>
internal static partial class RelaxedLibrary
{
    /// <summary>The one need that is relaxed.</summary>
    public const string Version = "GLIBCXX_3.4.32";

    private const string CppLibrary = "libstdc++.so.6";
    private const int HeaderSize = 64;
    private const uint VersionNeeds = 0x6FFFFFFE; // SHT_GNU_verneed
    private const byte Weak = 2;                  // VER_FLG_WEAK
    private const uint CloseOnExec = 1;           // MFD_CLOEXEC

    /// <summary>The copy's memory; open for good, so that no other file takes the name that the loader knows the copy by.</summary>
    private static FileStream? s_copy;

    /// <summary>Loads the library with that need relaxed, and lets TorchSharp find it, where a load failed for this need alone.</summary>
    /// <param name="torchSharp">TorchSharp's assembly.</param>
    /// <param name="failure">What the load threw.</param>
    /// <returns>False where it failed for something else, or the system does not load from memory.</returns>
    public static bool TryLoad(Assembly torchSharp, Exception failure)
    {
        if (!OperatingSystem.IsLinux() || FailedFile(failure.Message) is not { } path)
        {
            return false;
        }

        try
        {
            byte[] library = File.ReadAllBytes(path);
            if (!MarkWeak(library) || CreateMemory("libLibTorchSharp.so", CloseOnExec) is not (>= 0 and int descriptor))
            {
                return false;
            }

            s_copy = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 1);
            s_copy.Write(library);

            // The copy lies in no folder where the loader could find these; those that are loaded, it knows by name.
            foreach (string neighbour in (ReadOnlySpan<string>)["c10", "torch_cpu", "torch"])
            {
                NativeLibrary.TryLoad(neighbour, torchSharp, null, out _);
            }

            nint handle = NativeLibrary.Load($"/proc/self/fd/{descriptor}");
            AssemblyLoadContext.GetLoadContext(torchSharp)!.ResolvingUnmanagedDll += (_, name) => name == "LibTorchSharp" ? handle : 0;
            return true;
        }
        catch (Exception error) when (
            error is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException
                or BadImageFormatException)
        {
            return false;
        }
    }

    /// <summary>The library that the loader refused for this need; null where it says something else.</summary>
    /// <param name="loaderMessage">The message of the failed load; it may list several attempts.</param>
    internal static string? FailedFile(string loaderMessage)
    {
        Match match = Refusal().Match(loaderMessage);
        return match.Success ? match.Groups["path"].Value : null;
    }

    /// <summary>Marks the need weak, in place; the rest stays as it is.</summary>
    /// <param name="library">A shared library, 64-bit little-endian ELF.</param>
    /// <returns>False where it has no such need, or is no such library.</returns>
    internal static bool MarkWeak(Span<byte> library)
    {
        if (library.Length < HeaderSize || !library.StartsWith("\u007fELF\u0002\u0001"u8))
        {
            return false;
        }

        try
        {
            ReadOnlySpan<byte> sections = library[checked((int)BinaryPrimitives.ReadInt64LittleEndian(library[0x28..]))..];
            int size = BinaryPrimitives.ReadUInt16LittleEndian(library[0x3A..]);
            int count = BinaryPrimitives.ReadUInt16LittleEndian(library[0x3C..]);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> section = sections.Slice(i * size, size);
                if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) == VersionNeeds)
                {
                    ReadOnlySpan<byte> names = sections.Slice(BinaryPrimitives.ReadInt32LittleEndian(section[0x28..]) * size, size);
                    return MarkWeak(library, Offset(section), BinaryPrimitives.ReadUInt32LittleEndian(section[0x2C..]), Offset(names));
                }
            }

            return false;
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or OverflowException)
        {
            return false;
        }
    }

    private static bool MarkWeak(Span<byte> library, int need, uint needs, int names)
    {
        for (; needs > 0; needs--)
        {
            bool isCpp = HasName(library, names, need + 4, CppLibrary);
            int version = checked(need + (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(need + 8)..]));
            for (int versions = BinaryPrimitives.ReadUInt16LittleEndian(library[(need + 2)..]); versions > 0; versions--)
            {
                if (isCpp && HasName(library, names, version + 8, Version))
                {
                    library[version + 4] |= Weak;
                    return true;
                }

                version = checked(version + (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(version + 12)..]));
            }

            need = checked(need + (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(need + 12)..]));
        }

        return false;
    }

    private static int Offset(ReadOnlySpan<byte> section) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(section[0x18..]));

    private static bool HasName(ReadOnlySpan<byte> library, int names, int field, string name) =>
        library[checked(names + (int)BinaryPrimitives.ReadUInt32LittleEndian(library[field..]))..].StartsWith(
            Encoding.ASCII.GetBytes(name + '\0'));

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CreateMemory(string name, uint flags);

    [GeneratedRegex(@"libstdc\+\+\.so\.6: version `GLIBCXX_3\.4\.32' not found \(required by (?<path>.*libLibTorchSharp\.so)\)")]
    private static partial Regex Refusal();
}
