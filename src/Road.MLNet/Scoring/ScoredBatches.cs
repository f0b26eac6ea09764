using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Scoring;

namespace Road.MLNet.Scoring;

/// <summary>Reads batches of rows through a cursor, and scores them; one of each at a time.</summary>
internal sealed class ScoredBatches : IDisposable
{
    private const int BatchSize = 4;
    private const long BatchPixels = 1 << 21;

    private readonly RoadScorer _scorer;
    private readonly DataViewRowCursor _cursor;
    private readonly RowImage _image;
    private readonly ScoredValues _values;
    private readonly ValueGetter<DataViewRowId> _getId;
    private readonly int _size;
    private readonly ReusedBytes? _pixels;
    private long _row = -1;
    private long _wanted;
    private volatile bool _isStopped;

    /// <summary>Takes over a cursor.</summary>
    /// <param name="scorer">The model.</param>
    /// <param name="cursor">A cursor on which the image's columns are active.</param>
    /// <param name="image">Reads the cursor's images.</param>
    /// <param name="values">What is wanted beside the labels.</param>
    /// <param name="readsAhead">Whether batches are of several rows; else of one, whose pixels may go with the next.</param>
    public ScoredBatches(RoadScorer scorer, DataViewRowCursor cursor, RowImage image, ScoredValues values, bool readsAhead)
    {
        _scorer = scorer;
        _cursor = cursor;
        _image = image;
        _values = values;
        _getId = cursor.GetIdGetter();
        _size = readsAhead ? BatchSize : 1;

        // An image that is scored at once leaves its pixels to the next one; those of a batch are needed together.
        _pixels = readsAhead ? null : new ReusedBytes();
    }

    /// <summary>The row that was asked for last; those before it are passed over.</summary>
    public long Wanted
    {
        get => Volatile.Read(ref _wanted);
        set => Volatile.Write(ref _wanted, value);
    }

    /// <summary>Ends the reading at the next row.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>
    /// Reads the next batch; an empty one at the end. What reading a row's image throws comes in its place, and the rows behind it are
    /// read as if it were not there.
    /// </summary>
    public ScoredBatch Read()
    {
        List<(long Row, DataViewRowId Id, ExceptionDispatchInfo? Failure)> rows = [];
        List<ScoredImage> images = [];
        long pixels = 0;
        while (rows.Count < _size && pixels < BatchPixels && !_isStopped && Move())
        {
            if (_row < Wanted)
            {
                continue;
            }

            DataViewRowId id = default;
            _getId(ref id);
            ExceptionDispatchInfo? failure = null;
            try
            {
                ScoredImage image = _scorer.Read(_image, _pixels);
                images.Add(image);
                pixels += Math.Max((long)image.Size.Width * image.Size.Height, (long)image.Input.Width * image.Input.Height);
            }
            catch (Exception cause)
            {
                failure = ExceptionDispatchInfo.Capture(cause);
            }

            rows.Add((_row, id, failure));
        }

        return new ScoredBatch(rows, images, [], null);
    }

    /// <summary>Scores a batch. What the network says of an image that it cannot take comes in the place of that row.</summary>
    public ScoredBatch Score(ScoredBatch batch)
    {
        if (batch.Images.Count <= 1)
        {
            return ScoreEach(batch);
        }

        try
        {
            return batch with { Images = [], Predictions = _scorer.Predict(batch.Images, _values) };
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            return ScoreEach(batch);
        }
    }

    private ScoredBatch ScoreEach(ScoredBatch batch)
    {
        List<(long Row, DataViewRowId Id, ExceptionDispatchInfo? Failure)> rows = [];
        List<SegmentationPrediction> predictions = [];
        int image = 0;
        foreach ((long row, DataViewRowId id, ExceptionDispatchInfo? unread) in batch.Rows)
        {
            ExceptionDispatchInfo? failure = unread;
            if (unread is null)
            {
                try
                {
                    predictions.AddRange(_scorer.Predict([batch.Images[image++]], _values));
                }
                catch (InvalidDataException error)
                {
                    failure = ExceptionDispatchInfo.Capture(error);
                }
            }

            rows.Add((row, id, failure));
        }

        return new ScoredBatch(rows, [], predictions, null);
    }

    /// <summary>Disposes the cursor.</summary>
    public void Dispose()
    {
        _cursor.Dispose();
        _image.Dispose();
    }

    private bool Move()
    {
        _row++;
        return _cursor.MoveNext();
    }
}
