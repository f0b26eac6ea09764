using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>
/// A view over lists of strings held in memory, which can be shuffled. Shorter columns start again from their first
/// value until the longest is through.
/// </summary>
internal sealed class TextDataView : IDataView
{
    private readonly IReadOnlyList<string>[] columns;
    private readonly int rowCount;

    /// <summary>Wraps columns; the lists are not copied.</summary>
    /// <param name="columns">Each column's name and its values, at least one.</param>
    public TextDataView(params (string Name, IReadOnlyList<string> Values)[] columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach ((string name, _) in columns)
        {
            builder.AddColumn(name, TextDataViewType.Instance);
        }

        Schema = builder.ToSchema();
        this.columns = [.. columns.Select(column => column.Values)];
        rowCount = this.columns.Max(values => values.Count);
    }

    /// <inheritdoc/>
    public bool CanShuffle => true;

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public long? GetRowCount() => rowCount;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        int[]? order = null;
        if (rand is not null)
        {
            order = [.. Enumerable.Range(0, rowCount)];
            rand.Shuffle(order);
        }

        return new Cursor(this, columnsNeeded, order);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly TextDataView view;
        private readonly bool[] active;
        private readonly int[]? order;
        private long position = -1;

        public Cursor(TextDataView view, IEnumerable<DataViewSchema.Column> columnsNeeded, int[]? order)
        {
            this.view = view;
            this.order = order;
            active = new bool[view.columns.Length];
            foreach (DataViewSchema.Column column in columnsNeeded)
            {
                if (column.Index < active.Length && view.Schema[column.Index].Name == column.Name)
                {
                    active[column.Index] = true;
                }
            }
        }

        public override long Position => position;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        private int Row => position < 0 || position >= view.rowCount
            ? throw new InvalidOperationException("The cursor is not on a row: call MoveNext first.")
            : order is null ? (int)position : order[position];

        public override bool MoveNext()
        {
            if (position < view.rowCount)
            {
                position++;
            }

            return position < view.rowCount;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < active.Length && active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
            {
                throw new ArgumentException($"Column '{column.Name}' is not active in this cursor.", nameof(column));
            }

            IReadOnlyList<string> values = view.columns[column.Index];
            ValueGetter<ReadOnlyMemory<char>> getter = (ref ReadOnlyMemory<char> value) => value = values[Row % values.Count].AsMemory();
            return getter as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"Column '{column.Name}' holds text, not {typeof(TValue)}.");
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() =>
            (ref DataViewRowId value) => value = new DataViewRowId((ulong)Row, 0);
    }
}
