namespace Road.Torch.Weights.PyTorch;

/// <summary>
/// A dictionary in a pickle, as the row of its pairs: keys may be anything, themselves included, so nothing is hashed.
/// </summary>
internal sealed class PickleDictionary
{
    private List<KeyValuePair<object?, object?>>? _pairs;

    /// <summary>The pairs, in the order in which they were added.</summary>
    public IReadOnlyList<KeyValuePair<object?, object?>> Pairs => _pairs is null ? [] : _pairs;

    /// <summary>Adds a pair at the end.</summary>
    public void Add(object? key, object? value) => (_pairs ??= []).Add(KeyValuePair.Create(key, value));

    /// <summary>The last value under a key; null where there is none.</summary>
    public object? Find(string key) => Pairs.LastOrDefault(pair => pair.Key is string text && text == key).Value;
}
