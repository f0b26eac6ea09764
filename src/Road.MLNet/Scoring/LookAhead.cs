using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.Torch.Scoring;

namespace Road.MLNet.Scoring;

/// <summary>
/// Runs ahead over the images of a view, a batch at a time, and gives each row's prediction: while one batch is used, the
/// next is scored and the one after read, so that memory holds three batches. Nothing is decoded before the first
/// prediction is asked for, and rows before the one asked for last are passed over.
/// </summary>
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
    private readonly Thread _worker;
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
        _worker = new Thread(Work) { IsBackground = true, Name = "Road scoring" };
    }

    /// <summary>The prediction of a row; rows are asked for in rising order.</summary>
    /// <param name="row">The number of the row, from 0.</param>
    /// <param name="id">Its id, by which a view is caught that changes its order between two passes.</param>
    public SegmentationPrediction Get(long row, DataViewRowId id)
    {
        Volatile.Write(ref _wanted, row);
        if (_worker.ThreadState.HasFlag(ThreadState.Unstarted))
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
        if (!_worker.ThreadState.HasFlag(ThreadState.Unstarted))
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
        if (!_scored.TryTake(out Batch? batch, Timeout.Infinite))
        {
            throw _scorer.Host.Except($"The input ended before row {row} in one pass, but not in another.");
        }

        _failure = batch.Failure;
        _failure?.Throw();
        for (int i = 0; i < batch.Rows.Count; i++)
        {
            _ready.Enqueue((batch.Rows[i].Row, batch.Rows[i].Id, batch.Predictions[i]));
        }
    }

    /// <summary>Scores a batch while the next one is being read and the one before is being used.</summary>
    private void Work()
    {
        Task<Batch> reading = Task.Run(Read);
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
                reading = Task.Run(Read);
                _scored.Add(batch with { Images = [], Predictions = _scorer.Predict(batch.Images, _probabilities) }, _stop.Token);
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
            _scored.Add(new Batch([], [], [], ExceptionDispatchInfo.Capture(failure)), _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody asks for the row that failed.
        }
    }

    private Batch Read()
    {
        List<(long Row, DataViewRowId Id)> rows = [];
        List<ScoredImage> images = [];
        long pixels = 0;
        while (images.Count < BatchSize && pixels < BatchPixels && !_stop.IsCancellationRequested && Move())
        {
            if (_row < Volatile.Read(ref _wanted))
            {
                continue;
            }

            DataViewRowId id = default;
            _getId(ref id);

            // The image may be the view's own: it is never disposed here, but handed back through the same variable.
            _getImage(ref _image!);
            ScoredImage image = _scorer.Read(_image, _row);
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
        ExceptionDispatchInfo? Failure);
}
