using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Road.Torch.Weights.PyTorch;

/// <summary>
/// The directory of a zip archive whose entries are all stored, as PyTorch writes them: a compressed entry could not be read
/// in place, and could grow without bound. Entries lie inside the file and do not overlap.
/// </summary>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint Zip64EndSignature = 0x06064b50;
    private const uint Zip64LocatorSignature = 0x07064b50;
    private const uint EntrySignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndLength = 22;
    private const int Zip64EndLength = 56;
    private const int Zip64LocatorLength = 20;
    private const int LocalLength = 30;
    private const int MaximumCommentLength = ushort.MaxValue;
    private const ushort Zip64Extra = 1;
    private const ushort Encrypted = 1;

    /// <summary>Reads the directory.</summary>
    /// <exception cref="InvalidDataException">The archive is truncated, damaged, compressed or encrypted.</exception>
    public static Dictionary<string, ZipEntry> Read(SafeFileHandle handle, string file)
    {
        long length = RandomAccess.GetLength(handle);
        (long start, long end, ulong count) = FindDirectory(handle, length, file);
        WeightsReader reader = new(handle, start, end, file, "its zip directory");
        Dictionary<string, ZipEntry> entries = new(StringComparer.Ordinal);
        List<(long Start, long End, string Name)> places = [];
        for (ulong i = 0; i < count; i++)
        {
            // Each takes what a tensor takes, and each storage has one; a few more describe the archive.
            WeightsLimits.CheckCount(entries.Count + 1L, length, file);
            (ZipEntry entry, long local) = ReadEntry(reader, handle, start);
            if (!entries.TryAdd(entry.Name, entry))
            {
                throw reader.Damaged($"names {WeightsError.Quote(entry.Name)} twice");
            }

            places.Add((local, entry.Start + entry.Length, entry.Name));
        }

        CheckOverlaps(places, reader);
        return entries;
    }

    private static (long Start, long End, ulong Count) FindDirectory(SafeFileHandle handle, long length, string file)
    {
        byte[] tail = new byte[Math.Min(length, EndLength + MaximumCommentLength)];
        new WeightsReader(handle, length - tail.Length, length, file, "its zip archive").Read(tail);
        for (int i = tail.Length - EndLength; i >= 0; i--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(i);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndSignature
                || BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) != end.Length - EndLength)
            {
                continue;
            }

            long place = length - tail.Length + i;
            ulong count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
            ulong size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
            ulong start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
            if (count == ushort.MaxValue || size == uint.MaxValue || start == uint.MaxValue)
            {
                place = ReadZip64End(handle, place, file, out count, out size, out start);
            }

            // What PyTorch writes has a zip64 end behind the directory, needed or not.
            if (start > (ulong)place || size > (ulong)place - start)
            {
                throw WeightsError.Damaged(
                    file,
                    $"the end of its zip archive at byte {place} gives a directory of {size} bytes at byte {start}, outside the file");
            }

            return ((long)start, (long)(start + size), count);
        }

        throw WeightsError.Damaged(file, "it begins as a zip archive but has no zip directory at its end, so it may be cut off");
    }

    private static long ReadZip64End(SafeFileHandle handle, long place, string file, out ulong count, out ulong size, out ulong start)
    {
        const string Part = "the zip64 end of its zip archive";
        WeightsReader locator = new(handle, Math.Max(0, place - Zip64LocatorLength), place, file, Part);
        if (locator.ReadUInt32() != Zip64LocatorSignature)
        {
            throw locator.Damaged("is missing");
        }

        locator.Skip(4);
        ulong end = locator.ReadUInt64();
        if (end > (ulong)place || (ulong)place - end < Zip64EndLength)
        {
            throw locator.Damaged($"is said to lie at byte {end}, outside the file");
        }

        WeightsReader reader = new(handle, (long)end, place, file, Part);
        if (reader.ReadUInt32() != Zip64EndSignature)
        {
            throw reader.Damaged($"is not at byte {end}");
        }

        reader.Skip(28);
        count = reader.ReadUInt64();
        size = reader.ReadUInt64();
        start = reader.ReadUInt64();
        return (long)end;
    }

    private static (ZipEntry Entry, long Local) ReadEntry(WeightsReader reader, SafeFileHandle handle, long end)
    {
        if (reader.ReadUInt32() != EntrySignature)
        {
            throw reader.Damaged($"has no entry before byte {reader.Position}, where one should be");
        }

        reader.Skip(4);
        ushort flags = reader.ReadUInt16();
        ushort method = reader.ReadUInt16();
        reader.Skip(8);
        ulong stored = reader.ReadUInt32();
        ulong size = reader.ReadUInt32();
        ushort nameLength = reader.ReadUInt16();
        ushort extraLength = reader.ReadUInt16();
        ushort commentLength = reader.ReadUInt16();
        reader.Skip(8);
        ulong local = reader.ReadUInt32();
        if (nameLength > WeightsLimits.MaximumNameLength)
        {
            throw reader.Damaged($"has a name of {nameLength} bytes; {WeightsLimits.MaximumNameLength} are allowed");
        }

        byte[] name = new byte[nameLength];
        reader.Read(name);
        string text = Encoding.UTF8.GetString(name);
        ReadExtra(reader, extraLength, ref stored, ref size, ref local);
        reader.Skip(commentLength);
        if ((flags & Encrypted) != 0)
        {
            throw reader.Damaged($"has the encrypted entry {WeightsError.Quote(text)}");
        }

        if (method != 0 || stored != size)
        {
            throw reader.Damaged(
                $"has the compressed entry {WeightsError.Quote(text)} (method {method}, {stored} bytes that would grow to {size}); "
                + (text.StartsWith("TrainingInfo/", StringComparison.Ordinal)
                    ? "it is a model that ML.NET saved and no file of weights; a training goes on from a model of Road by the option "
                        + "InitialModel"
                    : "PyTorch stores its entries as they are"));
        }

        if (local > (ulong)end || size > (ulong)end)
        {
            throw reader.Damaged($"gives the entry {WeightsError.Quote(text)} {size} bytes at byte {local}, outside the file");
        }

        return (new ZipEntry(text, FindContent(reader, handle, (long)local, (long)size, end, name, text), (long)size), (long)local);
    }

    private static void ReadExtra(WeightsReader reader, ushort length, ref ulong stored, ref ulong size, ref ulong local)
    {
        long left = length;
        while (left >= 4)
        {
            ushort kind = reader.ReadUInt16();
            ushort fieldLength = reader.ReadUInt16();
            left -= 4;
            if (fieldLength > left)
            {
                throw reader.Damaged("has an extra field that is longer than its entry's");
            }

            left -= fieldLength;
            ulong unread = fieldLength;
            if (kind == Zip64Extra)
            {
                // In this order, and only those that the entry leaves to it.
                ReadLarge(reader, ref size, ref unread);
                ReadLarge(reader, ref stored, ref unread);
                ReadLarge(reader, ref local, ref unread);
            }

            reader.Skip(unread);
        }

        reader.Skip((ulong)left);
    }

    private static void ReadLarge(WeightsReader reader, ref ulong value, ref ulong unread)
    {
        if (value == uint.MaxValue && unread >= sizeof(ulong))
        {
            value = reader.ReadUInt64();
            unread -= sizeof(ulong);
        }
    }

    /// <summary>Reads an entry's own header, which says where its content begins.</summary>
    private static long FindContent(WeightsReader reader, SafeFileHandle handle, long local, long size, long end, byte[] name, string text)
    {
        byte[] header = new byte[LocalLength + name.Length];
        if (header.Length > end - local || RandomAccess.Read(handle, header, local) != header.Length)
        {
            throw reader.Damaged($"puts the entry {WeightsError.Quote(text)} at byte {local}, where no entry fits");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature
            || BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26)) != name.Length
            || !header.AsSpan(LocalLength).SequenceEqual(name))
        {
            throw reader.Damaged($"puts the entry {WeightsError.Quote(text)} at byte {local}, where it is not");
        }

        long start = local + header.Length + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        return start <= end && size <= end - start
            ? start
            : throw reader.Damaged($"gives the entry {WeightsError.Quote(text)} {size} bytes at byte {start}, past the last entry's end");
    }

    private static void CheckOverlaps(List<(long Start, long End, string Name)> places, WeightsReader reader)
    {
        places.Sort();
        for (int i = 1; i < places.Count; i++)
        {
            if (places[i].Start < places[i - 1].End)
            {
                throw reader.Damaged(
                    $"has the overlapping entries {WeightsError.Quote(places[i - 1].Name)} and {WeightsError.Quote(places[i].Name)}");
            }
        }
    }
}
