using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;

namespace Road.MLNet.Scoring;

/// <summary>Scores one row at a time: what <c>PredictionEngine</c> and chains of row mappers use.</summary>
internal sealed class ScoredRowMapper : IRowToRowMapper
{
    private readonly RoadScorer _scorer;
    private readonly ScoredSchema _schema;

    public ScoredRowMapper(RoadScorer scorer, DataViewSchema input)
    {
        _scorer = scorer;
        _schema = new ScoredSchema(scorer, input);
    }

    /// <inheritdoc/>
    public DataViewSchema InputSchema => _schema.Input;

    /// <inheritdoc/>
    public DataViewSchema OutputSchema => _schema.Output;

    /// <inheritdoc/>
    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        bool[] active = _schema.FindActive(dependingColumns);
        bool network = _schema.NeedsNetwork(active);
        DataViewSchema.Column[] read = network ? [.. RowImage.Columns(_schema.Input, _schema.Image)] : [];
        return _schema.Input.Where(column => active[column.Index] || Array.Exists(read, needed => needed.Index == column.Index));
    }

    /// <inheritdoc/>
    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new ScoredRow(_scorer, _schema, input, _schema.FindActive(activeColumns));
}
