using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
using Road.Torch.Scoring;

namespace Road.MLNet.Scoring;

/// <summary>A row with its prediction, which is computed once a position.</summary>
internal sealed class ScoredRow : DataViewRow
{
    private readonly RoadScorer _scorer;
    private readonly ScoredSchema _schema;
    private readonly DataViewRow _input;
    private readonly bool[] _active;
    private readonly RowImage? _image;
    private readonly ReusedBytes _pixels = new();
    private SegmentationPrediction? _prediction;
    private long _position = -1;

    public ScoredRow(RoadScorer scorer, ScoredSchema schema, DataViewRow input, bool[] active)
    {
        _scorer = scorer;
        _schema = schema;
        _input = input;
        _active = active;
        _image = schema.NeedsNetwork(active) ? new RowImage(input, schema.Image) : null;
    }

    /// <inheritdoc/>
    public override DataViewSchema Schema => _schema.Output;

    /// <inheritdoc/>
    public override long Position => _input.Position;

    /// <inheritdoc/>
    public override long Batch => _input.Batch;

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (_schema.IsInput(column))
        {
            return _input.GetGetter<TValue>(_schema.Input[column.Index]);
        }

        if (!_active[column.Index])
        {
            throw _scorer.Host.Except($"Column '{column.Name}' was not asked for when the row was made.");
        }

        return _schema.CreateGetter(column, Current) as ValueGetter<TValue>
            ?? throw _scorer.Host.Except($"Column '{column.Name}' holds {column.Type}, not {typeof(TValue)}.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _image?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private SegmentationPrediction Current()
    {
        if (_prediction is null || _position != _input.Position)
        {
            ScoredImage image = _scorer.Read(_image!, _pixels);
            _prediction = _scorer.Predict([image], _schema.FindValues(_active))[0];
            _position = _input.Position;
        }

        return _prediction;
    }
}
