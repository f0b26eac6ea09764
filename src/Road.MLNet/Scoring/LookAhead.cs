using System.Collections.Concurrent;
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
/// which then get in the way of those that the caller's thread has.
/// </remarks>
internal sealed class LookAhead : IDisposable
{
    private const int BatchSize = 4;
    private const long BatchPixels = 1 << 21;

    private readonly RoadScorer _scorer;
    private readonly DataViewRowCursor _cursor;
    private readonly bool _probabilities;
    private readonly ValueGetter<MLImage> _getImage;
    private readonly ValueGetter<DataViewRowId> _getId;
    private readonly Queue<(long Row, DataViewRowId Id, SegmentationPrediction Prediction)> _ready = new();
    private readonly BlockingCollection<Batch> _scored = new(boundedCapacity: 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread? _worker;
    private readonly ReusedBytes? _pixels;
    private ExceptionDispatchInfo? _failure;
    private MLImage? _image;
    private long _row = -1;
    private long _wanted;

    /// <summary>Takes over a cursor.</summary>
    /// <param name="scorer">The model.</param>
    /// <param name="cursor">A cursor on which the image column is active; disposed with this object.</param>
    /// <param name="image">The image column.</param>
    /// <param name="probabilities">Whether probabilities are wanted.</param>
    public LookAhead(RoadScorer scorer, DataViewRowCursor cursor, DataViewSchema.Column image, bool probabilities)
    {
        _scorer = scorer;
        _cursor = cursor;
        _probabilities = probabilities;
        _getImage = cursor.GetGetter<MLImage>(image);
        _getId = cursor.GetIdGetter();
        _worker = scorer.ReadsAhead ? new Thread(Work) { IsBackground = true, Name = "Road scoring" } : null;

        // An image that is scored at once leaves its pixels to the next one; those of a batch are needed together.
        _pixels = _worker is null ? new ReusedBytes() : null;
    }

    /// <summary>The prediction of a row; rows are asked for in rising order.</summary>
    /// <param name="row">The number of the row, from 0.</param>
    /// <param name="id">Its id, by which a view is caught that changes its order between two passes.</param>
    public SegmentationPrediction Get(long row, DataViewRowId id)
    {
        Volatile.Write(ref _wanted, row);
        if (_worker?.ThreadState.HasFlag(ThreadState.Unstarted) == true)
        {
            _worker.Start();
        }

        while (!_ready.TryPeek(out (long Row, DataViewRowId, SegmentationPrediction) head) || head.Row < row)
        {
            if (!_ready.TryDequeue(out _))
            {
                Take(row);
            }
        }

        (_, DataViewRowId found, SegmentationPrediction prediction) = _ready.Peek();
        return found.Equals(id)
            ? prediction
            : throw _scorer.Host.Except($"Row {row} of the input has the id {found} in one pass and {id} in another; a view must return its rows in the same order.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        if (_worker?.ThreadState.HasFlag(ThreadState.Unstarted) == false)
        {
            _worker.Join();
        }

        _scored.Dispose();
        _stop.Dispose();
        _cursor.Dispose();
    }

    private void Take(long row)
    {
        _failure?.Throw();
        Batch batch = Next();
        _failure = batch.Failure;
        _failure?.Throw();
        if (batch.Rows.Count == 0)
        {
            throw _scorer.Host.Except($"The input ended before row {row} in one pass, but not in another.");
        }

        for (int i = 0; i < batch.Rows.Count; i++)
        {
            _ready.Enqueue((batch.Rows[i].Row, batch.Rows[i].Id, batch.Predictions[i]));
        }
    }

    /// <summary>The next batch, scored; an empty one at the end.</summary>
    private Batch Next()
    {
        if (_worker is not null)
        {
            return _scored.TryTake(out Batch? batch, Timeout.Infinite) ? batch : Batch.Empty;
        }

        try
        {
            return Score(Read(1));
        }
        catch (Exception failure)
        {
            return Failed(failure);
        }
    }

    /// <summary>Scores a batch while the next one is being read and the one before is being used.</summary>
    private void Work()
    {
        Task<Batch> reading = Task.Run(ReadBatch);
        try
        {
            while (true)
            {
                Batch batch = reading.GetAwaiter().GetResult();
                if (batch.Rows.Count == 0)
                {
                    break;
                }

                _stop.Token.ThrowIfCancellationRequested();
                reading = Task.Run(ReadBatch);
                _scored.Add(Score(batch), _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody waits for predictions any more.
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
        finally
        {
            // The cursor is not disposed while a task reads it.
            ((IAsyncResult)reading).AsyncWaitHandle.WaitOne();
            _ = reading.Exception;
            _scored.CompleteAdding();
        }
    }

    private void Fail(Exception failure)
    {
        try
        {
            _scored.Add(Failed(failure), _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody asks for the row that failed.
        }
    }

    private static Batch Failed(Exception failure) => Batch.Empty with { Failure = ExceptionDispatchInfo.Capture(failure) };

    private Batch Score(Batch batch) => batch with { Images = [], Predictions = _scorer.Predict(batch.Images, _probabilities) };

    private Batch ReadBatch() => Read(BatchSize);

    private Batch Read(int count)
    {
        List<(long Row, DataViewRowId Id)> rows = [];
        List<ScoredImage> images = [];
        long pixels = 0;
        while (images.Count < count && pixels < BatchPixels && !_stop.IsCancellationRequested && Move())
        {
            if (_row < Volatile.Read(ref _wanted))
            {
                continue;
            }

            DataViewRowId id = default;
            _getId(ref id);

            // The image may be the view's own: it is never disposed here, but handed back through the same variable.
            _getImage(ref _image!);
            ScoredImage image = _scorer.Read(_image, _row, _pixels);
            rows.Add((_row, id));
            images.Add(image);
            pixels += Math.Max((long)image.Size.Width * image.Size.Height, (long)image.Input.Width * image.Input.Height);
        }

        return new Batch(rows, images, [], null);
    }

    private bool Move()
    {
        _row++;
        return _cursor.MoveNext();
    }

    private sealed record Batch(
        IReadOnlyList<(long Row, DataViewRowId Id)> Rows,
        IReadOnlyList<ScoredImage> Images,
        IReadOnlyList<SegmentationPrediction> Predictions,
        ExceptionDispatchInfo? Failure)
    {
        public static Batch Empty { get; } = new([], [], [], null);
    }
}
