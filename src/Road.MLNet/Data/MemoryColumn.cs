using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>A column of a <see cref="MemoryDataView"/>.</summary>
/// <param name="definition">Its name, type and annotations.</param>
/// <param name="count">How many values it has.</param>
internal abstract class MemoryColumn(DataViewSchema.DetachedColumn definition, int count)
{
    /// <summary>Its name, type and annotations.</summary>
    public DataViewSchema.DetachedColumn Definition { get; } = definition;

    /// <summary>How many values it has.</summary>
    public int Count { get; } = count;

    /// <summary>A column of texts; the list is not copied.</summary>
    public static MemoryColumn OfTexts(string name, IReadOnlyList<string> values) => new MemoryColumn<ReadOnlyMemory<char>>(
        new(name, TextDataViewType.Instance),
        values.Count,
        (int index, ref ReadOnlyMemory<char> value) => value = values[index].AsMemory());

    /// <summary>A getter of the value of the row that a cursor stands on, a <c>ValueGetter</c> of the column's type.</summary>
    /// <param name="index">Gives the index of that value.</param>
    public abstract Delegate CreateGetter(Func<int> index);
}

/// <inheritdoc/>
/// <param name="definition">Its name, type and annotations.</param>
/// <param name="count">How many values it has.</param>
/// <param name="read">Puts the value at an index into what the row has held before.</param>
internal sealed class MemoryColumn<T>(DataViewSchema.DetachedColumn definition, int count, MemoryReader<T> read)
    : MemoryColumn(definition, count)
{
    /// <inheritdoc/>
    public override Delegate CreateGetter(Func<int> index) => (ValueGetter<T>)((ref T value) => read(index(), ref value));
}
