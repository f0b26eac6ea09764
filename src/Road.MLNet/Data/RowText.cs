using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>Describes a row by its number and its texts, file paths for the most part, so that an error can name the file.</summary>
internal sealed class RowText
{
    private readonly ValueGetter<DataViewRowId> _idGetter;
    private readonly (string Name, ValueGetter<ReadOnlyMemory<char>> Getter)[] _texts;

    public RowText(DataViewRow row)
    {
        _idGetter = row.GetIdGetter();
        _texts = [.. Columns(row.Schema)
            .Where(row.IsColumnActive)
            .Select(column => (column.Name, row.GetGetter<ReadOnlyMemory<char>>(column)))];
    }

    /// <summary>The columns to activate in a cursor whose rows are to be described.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema) =>
        schema.Where(static column => !column.IsHidden && column.Type is TextDataViewType);

    /// <summary>
    /// The number of a row, from 0: its id, which it keeps in whatever order a pass visits it, while its position in a
    /// shuffled pass would name another row.
    /// </summary>
    public static string Number(DataViewRowId id) =>
        id.High == 0 ? id.Low.ToString(CultureInfo.InvariantCulture) : id.ToString();

    /// <summary>The texts of the row that is stood on.</summary>
    public IEnumerable<string> Values()
    {
        foreach ((_, ValueGetter<ReadOnlyMemory<char>> getter) in _texts)
        {
            ReadOnlyMemory<char> value = default;
            getter(ref value);
            yield return value.ToString();
        }
    }

    /// <summary>The texts of the row that is stood on, by the names of their columns.</summary>
    public IReadOnlyDictionary<string, string> ByColumn()
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach ((string name, ValueGetter<ReadOnlyMemory<char>> getter) in _texts)
        {
            ReadOnlyMemory<char> value = default;
            getter(ref value);
            texts[name] = value.ToString();
        }

        return texts;
    }

    /// <summary>The row that is stood on, such as <c>row 3 (ImagePath 'a.png')</c>.</summary>
    public string Describe()
    {
        DataViewRowId id = default;
        _idGetter(ref id);
        string row = $"row {Number(id)}";
        List<string> parts = [];
        foreach ((string name, ValueGetter<ReadOnlyMemory<char>> getter) in _texts)
        {
            ReadOnlyMemory<char> value = default;
            getter(ref value);
            parts.Add($"{name} '{value}'");
        }

        return parts.Count == 0 ? row : $"{row} ({string.Join(", ", parts)})";
    }
}
