using Microsoft.ML;
using Road.MLNet.Data;
using Road.MLNet.Interop;

namespace Road.MLNet.Scoring;

/// <summary>A view with the predictions of a model. Nothing is computed before a cursor asks, and nothing is kept.</summary>
internal sealed class ScoredDataView : IDataView
{
    private readonly RoadScorer _scorer;
    private readonly IDataView _input;
    private readonly ScoredSchema _schema;
    private readonly ImageOrigin? _origin;

    public ScoredDataView(RoadScorer scorer, IDataView input)
    {
        _scorer = scorer;
        _input = input;
        _schema = new ScoredSchema(scorer, input.Schema);
        _origin = ImageOrigin.Find(input, _schema.Image.Name);
    }

    /// <inheritdoc/>
    public bool CanShuffle => _input.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema => _schema.Output;

    /// <inheritdoc/>
    public long? GetRowCount() => _input.GetRowCount();

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = _schema.FindActive(columnsNeeded);
        if (!_schema.NeedsNetwork(active))
        {
            return new ScoredCursor(_scorer, _schema, SequentialView.OpenCursor(_input, _schema.ActiveInputs(active), rand), null, active);
        }

        // Two generators of one seed: both cursors go through the rows in the same order.
        int seed = rand?.Next() ?? 0;
        DataViewRowCursor ahead = SequentialView.OpenCursor(
            _input, RowImage.Columns(_schema.Input, _schema.Image), rand is null ? null : new Random(seed));
        DataViewRowCursor passed = SequentialView.OpenCursor(_input, _schema.ActiveInputs(active), rand is null ? null : new Random(seed));
        var predictions = new LookAhead(_scorer, ahead, new RowImage(ahead, _schema.Image, _origin), _schema.FindValues(active));
        return new ScoredCursor(_scorer, _schema, passed, predictions, active);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
