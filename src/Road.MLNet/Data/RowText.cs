using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>Describes a row by its number and its texts, file paths for the most part, so that an error can name the file.</summary>
internal sealed class RowText
{
    private readonly DataViewRowCursor cursor;
    private readonly (string Name, ValueGetter<ReadOnlyMemory<char>> Getter)[] texts;

    public RowText(DataViewRowCursor cursor)
    {
        this.cursor = cursor;
        texts = [.. Columns(cursor.Schema)
            .Where(cursor.IsColumnActive)
            .Select(column => (column.Name, cursor.GetGetter<ReadOnlyMemory<char>>(column)))];
    }

    /// <summary>The columns to activate in a cursor whose rows are to be described.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema) =>
        schema.Where(static column => !column.IsHidden && column.Type is TextDataViewType);

    /// <summary>The row that the cursor stands on, such as <c>row 3 (ImagePath 'a.png')</c>.</summary>
    public string Describe()
    {
        List<string> parts = [];
        foreach ((string name, ValueGetter<ReadOnlyMemory<char>> getter) in texts)
        {
            ReadOnlyMemory<char> value = default;
            getter(ref value);
            parts.Add($"{name} '{value}'");
        }

        return parts.Count == 0 ? $"row {cursor.Position}" : $"row {cursor.Position} ({string.Join(", ", parts)})";
    }
}
