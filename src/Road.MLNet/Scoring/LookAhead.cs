using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
using Road.Torch.Scoring;

namespace Road.MLNet.Scoring;

/// <summary>
/// Gives the prediction of each row of a view. Nothing is decoded before the first prediction is asked for, and rows before
/// the one asked for last are passed over.
/// </summary>
/// <remarks>
/// Where something is left beside the network, it runs ahead, a batch at a time: while one batch is used, the next is scored and the
/// one after read, so that memory holds three batches. Where the network takes every core, an image is read and scored when its row
/// is asked for, on the thread that asks. The network's threads work in step, so one that makes room for decoding holds up all, and
/// reading beside it takes longer than reading before it; and a thread of its own would bring up threads of its own for the network,
/// which then get in the way of those that the caller's thread has. The thread that runs ahead does not know this object: where that is
/// collected without having been disposed, the thread ends and lets the cursor go.
/// </remarks>
internal sealed class LookAhead : IDisposable
{
    private readonly RoadScorer _scorer;
    private readonly ScoredBatches _batches;
    private readonly ScoringThread? _ahead;
    private readonly Queue<(long Row, DataViewRowId Id, SegmentationPrediction? Prediction, ExceptionDispatchInfo? Failure)> _ready = new();
    private ExceptionDispatchInfo? _failure;

    /// <summary>Takes over a cursor.</summary>
    /// <param name="scorer">The model.</param>
    /// <param name="cursor">A cursor on which the image's columns are active; disposed with this object.</param>
    /// <param name="image">Reads the cursor's images.</param>
    /// <param name="values">What is wanted beside the labels.</param>
    public LookAhead(RoadScorer scorer, DataViewRowCursor cursor, RowImage image, ScoredValues values)
    {
        _scorer = scorer;
        bool readsAhead = scorer.ReadsAhead;
        _batches = new ScoredBatches(scorer, cursor, image, values, readsAhead);
        _ahead = readsAhead ? new ScoringThread(_batches) : null;
    }

    /// <summary>Stops the thread of an object that nobody has any more.</summary>
    ~LookAhead() => _ahead?.Abandon();

    /// <summary>The thread that runs ahead; null where there is none, or nothing was asked for yet.</summary>
    internal Thread? Worker => _ahead?.Thread;

    /// <summary>The prediction of a row; rows are asked for in rising order.</summary>
    /// <param name="row">The number of the row, from 0.</param>
    /// <param name="id">Its id, by which a view is caught that changes its order between two passes.</param>
    /// <remarks>What reading the row's image threw is thrown here, and the rows behind it can be asked for all the same.</remarks>
    public SegmentationPrediction Get(long row, DataViewRowId id)
    {
        _batches.Wanted = row;
        while (!_ready.TryPeek(out (long Row, DataViewRowId, SegmentationPrediction?, ExceptionDispatchInfo?) head) || head.Row < row)
        {
            if (!_ready.TryDequeue(out _))
            {
                Take(row);
            }
        }

        (_, DataViewRowId found, SegmentationPrediction? prediction, ExceptionDispatchInfo? failure) = _ready.Peek();
        failure?.Throw();
        return found.Equals(id)
            ? prediction!
            : throw _scorer.Host.Except(
                $"Row {row} of the input has the id {found} in one pass and {id} in another; "
                + "a view must return its rows in the same order.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_ahead is null)
        {
            _batches.Dispose();
        }
        else
        {
            _ahead.Dispose();
        }
    }

    private void Take(long row)
    {
        _failure?.Throw();
        ScoredBatch batch = Next();
        _failure = batch.Failure;
        _failure?.Throw();
        if (batch.Rows.Count == 0)
        {
            throw _scorer.Host.Except($"The input ended before row {row} in one pass, but not in another.");
        }

        int scored = 0;
        foreach ((long number, DataViewRowId id, ExceptionDispatchInfo? failure) in batch.Rows)
        {
            _ready.Enqueue((number, id, failure is null ? batch.Predictions[scored++] : null, failure));
        }
    }

    /// <summary>The next batch, scored; an empty one at the end.</summary>
    private ScoredBatch Next()
    {
        if (_ahead is not null)
        {
            return _ahead.Take();
        }

        try
        {
            return _batches.Score(_batches.Read());
        }
        catch (Exception failure)
        {
            return ScoredBatch.Failed(failure);
        }
    }
}
