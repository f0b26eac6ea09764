using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.Torch.Scoring;

namespace Road.MLNet.Scoring;

/// <summary>Passes the input's columns through and joins the predictions, which a second cursor makes ready in batches.</summary>
internal sealed class ScoredCursor : DataViewRowCursor
{
    private readonly RoadScorer _scorer;
    private readonly ScoredSchema _schema;
    private readonly DataViewRowCursor _input;
    private readonly LookAhead? _predictions;
    private readonly bool[] _active;
    private readonly ValueGetter<DataViewRowId> _getId;
    private long _row = -1;

    /// <summary>Takes over both cursors.</summary>
    /// <param name="scorer">The model.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="input">The cursor whose columns pass through.</param>
    /// <param name="predictions">The predictions; null where no column needs them.</param>
    /// <param name="active">Which output columns are active.</param>
    public ScoredCursor(RoadScorer scorer, ScoredSchema schema, DataViewRowCursor input, LookAhead? predictions, bool[] active)
    {
        _scorer = scorer;
        _schema = schema;
        _input = input;
        _predictions = predictions;
        _active = active;
        _getId = input.GetIdGetter();
    }

    /// <inheritdoc/>
    public override DataViewSchema Schema => _schema.Output;

    /// <inheritdoc/>
    public override long Position => _input.Position;

    /// <inheritdoc/>
    public override long Batch => _input.Batch;

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        _row++;
        return _input.MoveNext();
    }

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_active[column.Index])
        {
            throw _scorer.Host.Except($"Column '{column.Name}' was not asked for when the cursor was made.");
        }

        if (_schema.IsInput(column))
        {
            return _input.GetGetter<TValue>(_schema.Input[column.Index]);
        }

        return _schema.CreateGetter(column, Current) as ValueGetter<TValue>
            ?? throw _scorer.Host.Except($"Column '{column.Name}' holds {column.Type}, not {typeof(TValue)}.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _predictions?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private SegmentationPrediction Current()
    {
        DataViewRowId id = default;
        _getId(ref id);
        return _predictions!.Get(_row, id);
    }
}
