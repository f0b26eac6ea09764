using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace Road.Torch.Weights.PyTorch;

/// <summary>
/// What PyTorch saved before 1.6: five pickles (a magic number, the version 1001, facts about the system, the object,
/// the keys of the storages), then each storage as its 8-byte element count and its bytes.
/// </summary>
internal static class LegacyLayout
{
    private const int Version = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse(
        "119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads where the tensors of a file lie.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or holds anything but a state dictionary.</exception>
    public static List<WeightsEntry> Read(SafeFileHandle handle, string file)
    {
        long length = RandomAccess.GetLength(handle);
        WeightsReader reader = new(handle, 0, length, file, "its first pickle");
        if (Run() is not BigInteger magic || magic != Magic)
        {
            throw WeightsError.Damaged(
                file, "it is a pickle, but not one that torch.save wrote: its first value is not PyTorch's magic number");
        }

        reader.Part = "its second pickle";
        if (Run() is not long version || version != Version)
        {
            throw reader.Damaged($"is not the format's version, {Version}");
        }

        reader.Part = "its third pickle";
        if (Run() is not PickleDictionary system || system.Find("little_endian") is not true)
        {
            throw reader.Damaged("does not say that the file is little-endian");
        }

        reader.Part = "its pickle";
        PickleMachine machine = new(reader, length);
        object? root = machine.Run();
        reader.Part = "its list of storages";
        Dictionary<string, (long Start, TensorStorage Storage)> places = ReadStorages(Run(), machine.Storages, reader);
        return StateDictionary.Describe(StateDictionary.Find(root, file), storage => Locate(places, storage, file), length, file);

        object? Run() => new PickleMachine(reader, length).Run();
    }

    private static Dictionary<string, (long Start, TensorStorage Storage)> ReadStorages(
        object? keys, IReadOnlyDictionary<string, TensorStorage> storages, WeightsReader reader)
    {
        if (keys is not PickleList list)
        {
            throw reader.Damaged("is no list");
        }

        Dictionary<string, (long Start, TensorStorage Storage)> places = new(StringComparer.Ordinal);
        foreach (object? item in list.Items)
        {
            if (item is not string key || !storages.TryGetValue(key, out TensorStorage? storage))
            {
                throw reader.Damaged($"names {(item is string text ? WeightsError.Quote(text) : "something")} that no tensor uses");
            }

            reader.Part = $"the storage {WeightsError.Quote(key)}";
            ulong count = reader.ReadUInt64();
            if (count != (ulong)storage.Count)
            {
                throw reader.Damaged($"has {count} elements where the pickle says {storage.Count}");
            }

            if (!places.TryAdd(key, (reader.Position, storage)))
            {
                throw reader.Damaged("is there twice");
            }

            UInt128 bytes = (UInt128)count * (UInt128)ElementSize.Of(storage.Type);
            reader.Skip(bytes > ulong.MaxValue ? ulong.MaxValue : (ulong)bytes);
        }

        return reader.Remaining == 0
            ? places
            : throw WeightsError.Damaged(reader.File, $"it goes on for {reader.Remaining} bytes after its last storage");
    }

    private static (long Start, long Count) Locate(
        Dictionary<string, (long Start, TensorStorage Storage)> places, TensorStorage storage, string file)
    {
        if (!places.TryGetValue(storage.Key, out (long Start, TensorStorage Storage) place))
        {
            throw WeightsError.Damaged(file, $"it does not hold the storage {WeightsError.Quote(storage.Key)}");
        }

        if (storage.Type != place.Storage.Type || storage.Count != place.Storage.Count)
        {
            throw WeightsError.Damaged(file, $"its pickle gives the storage {WeightsError.Quote(storage.Key)} two types or lengths");
        }

        if (storage.ViewOffset > storage.Count || storage.ViewCount > storage.Count - storage.ViewOffset)
        {
            throw WeightsError.Damaged(
                file,
                $"a view of {storage.ViewCount} elements from {storage.ViewOffset} on reaches outside the storage "
                + $"{WeightsError.Quote(storage.Key)} of {storage.Count} elements");
        }

        return (place.Start + (storage.ViewOffset * ElementSize.Of(storage.Type)), storage.ViewCount);
    }
}
