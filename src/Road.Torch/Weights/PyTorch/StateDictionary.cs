namespace Road.Torch.Weights.PyTorch;

/// <summary>Finds the state dictionary in what a pickle held, and describes its tensors.</summary>
internal static class StateDictionary
{
    // Checkpoints of checkpoints exist; a dictionary that holds itself must not be followed for ever.
    private const int MaximumDepth = 4;

    private static readonly string[] Wrappers = ["state_dict", "model_state_dict", "model"];

    /// <summary>Gives the dictionary itself or the one that it holds under a name that checkpoints use.</summary>
    /// <exception cref="InvalidDataException">The value is no dictionary.</exception>
    public static PickleDictionary Find(object? root, string file)
    {
        PickleDictionary found = root as PickleDictionary
            ?? throw WeightsError.Damaged(file, "it holds no state dictionary: its value is no dictionary");
        for (int depth = 0; depth < MaximumDepth; depth++)
        {
            PickleDictionary? inner = Wrappers.Select(found.Find).OfType<PickleDictionary>().FirstOrDefault();
            if (inner is null)
            {
                return found;
            }

            found = inner;
        }

        throw WeightsError.Damaged(file, $"its state dictionary lies more than {MaximumDepth} dictionaries deep");
    }

    /// <summary>Describes the dictionary's tensors; plain values beside them are left out.</summary>
    /// <param name="state">The dictionary.</param>
    /// <param name="locate">Gives a storage's first byte in the file, and its length in elements.</param>
    /// <param name="length">The file's length in bytes.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">A tensor is damaged or has no name of its own, or there is none.</exception>
    public static List<WeightsEntry> Describe(
        PickleDictionary state, Func<TensorStorage, (long Start, long Count)> locate, long length, string file)
    {
        List<WeightsEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((object? key, object? value) in state.Pairs)
        {
            if (value is not TensorView tensor)
            {
                continue;
            }

            if (key is not string { Length: > 0 } name)
            {
                throw WeightsError.Damaged(file, "its state dictionary has a tensor whose name is no text, empty or too long");
            }

            if (!names.Add(name))
            {
                throw WeightsError.Damaged(file, $"its state dictionary names {WeightsError.Quote(name)} twice");
            }

            WeightsLimits.CheckCount(entries.Count + 1L, length, file);
            (long start, long count) = locate(tensor.Storage);
            entries.Add(TensorLayout.Describe(
                name, tensor.Storage.Type, ToExtents(tensor.Shape, name, file),
                ToExtents(tensor.Strides, name, file), tensor.Offset, start, count, length, file));
        }

        return entries.Count > 0
            ? entries
            : throw WeightsError.Damaged(file, $"it holds no tensors, neither by name nor under {string.Join(", ", Wrappers)}");
    }

    private static long[] ToExtents(object?[] values, string name, string file)
    {
        if (values.Length > ElementSize.MaximumDimensions || !values.All(value => value is long))
        {
            throw WeightsError.Damaged(
                file,
                $"the shape or the strides of the tensor {WeightsError.Quote(name)} are not "
                + $"up to {ElementSize.MaximumDimensions} integers");
        }

        return Array.ConvertAll(values, value => (long)value!);
    }
}
