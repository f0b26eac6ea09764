namespace Road.Torch.Weights.PyTorch;

/// <summary>A list or a set in a pickle.</summary>
internal sealed class PickleList
{
    private List<object?>? _items;

    /// <summary>The items, in the order in which they were added.</summary>
    public IReadOnlyList<object?> Items => _items is null ? [] : _items;

    /// <summary>Adds items at the end.</summary>
    public void Add(ReadOnlySpan<object?> items)
    {
        _items ??= new List<object?>(items.Length);
        foreach (object? item in items)
        {
            _items.Add(item);
        }
    }
}
