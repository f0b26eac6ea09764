using Microsoft.ML;

namespace Road.MLNet.Data;

/// <summary>
/// Reads a view through one cursor on the reader's own thread. ML.NET's mapped views read vectors ahead on several
/// threads, 64 rows a batch, which for masks of millions of pixels takes gigabytes; and a fault of a row then comes out
/// as a fault of its "splitter", with a row number counted within one thread.
/// </summary>
internal sealed class SequentialView(IDataView inner) : IDataView
{
    /// <summary>The view whose rows these are.</summary>
    public IDataView Inner => inner;

    /// <inheritdoc/>
    public bool CanShuffle => inner.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema => inner.Schema;

    /// <summary>Opens a single cursor over a view; nothing is read ahead.</summary>
    public static DataViewRowCursor OpenCursor(IDataView view, IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        view.GetRowCursorSet(columnsNeeded, 1, rand).Single();

    /// <inheritdoc/>
    public long? GetRowCount() => inner.GetRowCount();

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        OpenCursor(inner, columnsNeeded, rand);

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
