using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Tests.Training;

/// <summary>A view that counts its open cursors and can refuse to shuffle.</summary>
internal sealed class CountingView(IDataView inner, bool canShuffle = true) : IDataView
{
    private int _opened;
    private int _open;

    public int Opened => _opened;

    public int Open => _open;

    public bool CanShuffle => canShuffle && inner.CanShuffle;

    public DataViewSchema Schema => inner.Schema;

    public long? GetRowCount() => inner.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        Assert.IsTrue(CanShuffle || rand is null);
        Interlocked.Increment(ref _opened);
        Interlocked.Increment(ref _open);
        return new Cursor(this, inner.GetRowCursor(columnsNeeded, rand));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(CountingView view, DataViewRowCursor cursor) : DataViewRowCursor
    {
        private bool _disposed;

        public override DataViewSchema Schema => cursor.Schema;

        public override long Position => cursor.Position;

        public override long Batch => cursor.Batch;

        public override bool MoveNext() => cursor.MoveNext();

        public override bool IsColumnActive(DataViewSchema.Column column) => cursor.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => cursor.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => cursor.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_disposed)
            {
                _disposed = true;
                cursor.Dispose();
                Interlocked.Decrement(ref view._open);
            }

            base.Dispose(disposing);
        }
    }
}
