using Microsoft.Win32.SafeHandles;

namespace Road.Torch.Weights.PyTorch;

/// <summary>
/// What PyTorch 1.6 and later save: a zip archive with one folder, in it <c>data.pkl</c>, a pickle whose storages are
/// persistent identifiers, and <c>data/KEY</c>, the bytes of each storage.
/// </summary>
internal static class ZipLayout
{
    private const string PickleName = "/data.pkl";

    /// <summary>Reads where the tensors of a file lie.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or holds anything but a state dictionary.</exception>
    public static List<WeightsEntry> Read(SafeFileHandle handle, string file)
    {
        Dictionary<string, ZipEntry> entries = ZipDirectory.Read(handle, file);
        ZipEntry pickle = FindPickle(entries, file);
        string folder = pickle.Name[..^PickleName.Length];
        if (entries.ContainsKey(folder + "/constants.pkl"))
        {
            throw WeightsError.Damaged(file, "it is a TorchScript archive, which holds a program; save the module's state_dict() instead");
        }

        CheckByteOrder(entries, folder, handle, file);
        long length = RandomAccess.GetLength(handle);
        WeightsReader reader = new(handle, pickle.Start, pickle.Start + pickle.Length, file, "its pickle");
        object? root = new PickleMachine(reader, length).Run();
        return StateDictionary.Describe(StateDictionary.Find(root, file), storage => Locate(entries, folder, storage, file), length, file);
    }

    private static ZipEntry FindPickle(Dictionary<string, ZipEntry> entries, string file)
    {
        ZipEntry[] found = [.. entries.Values.Where(
            entry => entry.Name.EndsWith(PickleName, StringComparison.Ordinal)
                && entry.Name.IndexOf('/') == entry.Name.Length - PickleName.Length)];
        return found.Length == 1
            ? found[0]
            : throw WeightsError.Damaged(file, $"it is a zip archive with {found.Length} entries 'NAME/data.pkl' where PyTorch writes one");
    }

    private static void CheckByteOrder(Dictionary<string, ZipEntry> entries, string folder, SafeFileHandle handle, string file)
    {
        if (entries.TryGetValue(folder + "/byteorder", out ZipEntry? entry))
        {
            byte[] text = new byte[Math.Min(entry.Length, 8)];
            new WeightsReader(handle, entry.Start, entry.Start + entry.Length, file, "its byte order").Read(text);
            if (!text.AsSpan().SequenceEqual("little"u8))
            {
                throw WeightsError.Damaged(
                    file,
                    $"its byte order is {WeightsError.Quote(System.Text.Encoding.Latin1.GetString(text))}; only 'little' is supported");
            }
        }
    }

    private static (long Start, long Count) Locate(Dictionary<string, ZipEntry> entries, string folder, TensorStorage storage, string file)
    {
        if (!entries.TryGetValue($"{folder}/data/{storage.Key}", out ZipEntry? entry))
        {
            throw WeightsError.Damaged(file, $"it has no entry for the storage {WeightsError.Quote(storage.Key)}");
        }

        // An entry's bytes may be seen as several types, so their count is the entry's and not the identifier's.
        return storage.Count <= entry.Length / ElementSize.Of(storage.Type)
            ? (entry.Start, storage.Count)
            : throw WeightsError.Damaged(
                file, $"the storage {WeightsError.Quote(storage.Key)} of {storage.Count} elements has an entry of {entry.Length} bytes");
    }
}
