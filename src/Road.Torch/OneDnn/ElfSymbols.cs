using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text;

namespace Road.Torch.OneDnn;

/// <summary>Looks up symbols in the full table of a 64-bit little-endian ELF file, those included that it does not export.</summary>
internal static unsafe class ElfSymbols
{
    private const int HeaderSize = 64;
    private const int SectionSize = 64;
    private const int SymbolSize = 24;
    private const uint SymbolTable = 2;

    /// <summary>Finds the values of symbols: addresses before the file is loaded somewhere.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The symbols' names, as the linker knows them.</param>
    /// <returns>The values in the names' order; null where the file has no such table, or not each name exactly once.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static long[]? Find(string path, params ReadOnlySpan<string> names)
    {
        using FileStream file = File.OpenRead(path);
        using MemoryMappedFile mapped = MemoryMappedFile.CreateFromFile(
            file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using MemoryMappedViewAccessor view = mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            return Find(new Memory(start, file.Length), names);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static long[]? Find(Memory file, ReadOnlySpan<string> names)
    {
        if (!file.Slice(0, HeaderSize).StartsWith("\u007fELF\u0002\u0001"u8))
        {
            return null;
        }

        long table = BinaryPrimitives.ReadInt64LittleEndian(file.Slice(0x28, 8));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(0x3C, 2));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> section = file.Slice(table + ((long)i * SectionSize), SectionSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) == SymbolTable)
            {
                int link = BinaryPrimitives.ReadInt32LittleEndian(section[0x28..]);
                return Find(Content(file, section), Content(file, file.Slice(table + ((long)link * SectionSize), SectionSize)), names);
            }
        }

        return null;
    }

    private static ReadOnlySpan<byte> Content(Memory file, ReadOnlySpan<byte> section) => file.Slice(
        BinaryPrimitives.ReadInt64LittleEndian(section[0x18..]), checked((int)BinaryPrimitives.ReadInt64LittleEndian(section[0x20..])));

    private static long[]? Find(ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> strings, ReadOnlySpan<string> names)
    {
        Dictionary<uint, int> places = [];
        for (int i = 0; i < names.Length; i++)
        {
            // A linker may let a name be the end of a longer one.
            byte[] name = Encoding.ASCII.GetBytes(names[i] + '\0');
            for (int from = 0, found; (found = strings[from..].IndexOf(name)) >= 0; from += found + 1)
            {
                places[(uint)(from + found)] = i;
            }
        }

        long[] values = new long[names.Length];
        int[] times = new int[names.Length];
        for (int i = 0; i + SymbolSize <= symbols.Length; i += SymbolSize)
        {
            if (places.TryGetValue(BinaryPrimitives.ReadUInt32LittleEndian(symbols[i..]), out int place))
            {
                values[place] = BinaryPrimitives.ReadInt64LittleEndian(symbols[(i + 8)..]);
                times[place]++;
            }
        }

        return Array.TrueForAll(times, static number => number == 1) ? values : null;
    }

    /// <summary>A mapped file, which may be longer than a span.</summary>
    private readonly struct Memory(byte* start, long length)
    {
        private readonly byte* _start = start;

        public ReadOnlySpan<byte> Slice(long offset, int count) => offset >= 0 && offset <= length - count
            ? new ReadOnlySpan<byte>(_start + offset, count)
            : throw new InvalidDataException("An ELF file ends before its symbols.");
    }
}
