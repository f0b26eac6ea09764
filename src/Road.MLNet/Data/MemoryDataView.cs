using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>
/// A view over what is held in memory, which can be shuffled. Shorter columns start again from their first
/// value until the longest is through.
/// </summary>
internal sealed class MemoryDataView : IDataView
{
    private readonly MemoryColumn[] _columns;
    private readonly int _rowCount;

    /// <summary>Wraps columns of texts; the lists are not copied.</summary>
    /// <param name="columns">Each column's name and its values, at least one.</param>
    public MemoryDataView(params (string Name, IReadOnlyList<string> Values)[] columns)
        : this([.. columns.Select(static column => MemoryColumn.OfTexts(column.Name, column.Values))])
    {
    }

    /// <summary>Wraps columns.</summary>
    /// <param name="columns">The columns, each with at least one value.</param>
    public MemoryDataView(IReadOnlyList<MemoryColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (MemoryColumn column in columns)
        {
            builder.AddColumn(column.Definition.Name, column.Definition.Type, column.Definition.Annotations);
        }

        Schema = builder.ToSchema();
        _columns = [.. columns];
        _rowCount = _columns.Max(static column => column.Count);
    }

    /// <inheritdoc/>
    public bool CanShuffle => true;

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public long? GetRowCount() => _rowCount;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        int[]? order = null;
        if (rand is not null)
        {
            order = [.. Enumerable.Range(0, _rowCount)];
            rand.Shuffle(order);
        }

        return new Cursor(this, columnsNeeded, order);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly MemoryDataView _view;
        private readonly bool[] _active;
        private readonly int[]? _order;
        private long _position = -1;

        public Cursor(MemoryDataView view, IEnumerable<DataViewSchema.Column> columnsNeeded, int[]? order)
        {
            _view = view;
            _order = order;
            _active = new bool[view._columns.Length];
            foreach (DataViewSchema.Column column in columnsNeeded)
            {
                if (column.Index < _active.Length && view.Schema[column.Index].Name == column.Name)
                {
                    _active[column.Index] = true;
                }
            }
        }

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => _view.Schema;

        private int Row => _position < 0 || _position >= _view._rowCount
            ? throw new InvalidOperationException("The cursor is not on a row: call MoveNext first.")
            : _order is null ? (int)_position : _order[_position];

        public override bool MoveNext()
        {
            if (_position < _view._rowCount)
            {
                _position++;
            }

            return _position < _view._rowCount;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < _active.Length && _active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
            {
                throw new ArgumentException($"Column '{column.Name}' is not active in this cursor.", nameof(column));
            }

            MemoryColumn values = _view._columns[column.Index];
            return values.CreateGetter(() => Row % values.Count) as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type}, not {typeof(TValue)}.");
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() =>
            (ref DataViewRowId value) => value = new DataViewRowId((ulong)Row, 0);
    }
}
