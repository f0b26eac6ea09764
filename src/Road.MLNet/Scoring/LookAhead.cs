using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.Torch.Scoring;

namespace Road.MLNet.Scoring;

/// <summary>
/// Runs ahead over the images of a view, a batch at a time, and gives each row's prediction. Nothing is decoded before
/// the first prediction is asked for, and rows that nobody asks about are passed over.
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
    private MLImage? _image;
    private long _row = -1;

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
    }

    /// <summary>The prediction of a row; rows are asked for in rising order.</summary>
    /// <param name="row">The number of the row, from 0.</param>
    /// <param name="id">Its id, by which a view is caught that changes its order between two passes.</param>
    public SegmentationPrediction Get(long row, DataViewRowId id)
    {
        while (_ready.TryPeek(out (long Row, DataViewRowId, SegmentationPrediction) head) && head.Row < row)
        {
            _ready.Dequeue();
        }

        if (_ready.Count == 0)
        {
            Fill(row);
        }

        (_, DataViewRowId found, SegmentationPrediction prediction) = _ready.Peek();
        return found.Equals(id)
            ? prediction
            : throw _scorer.Host.Except($"Row {row} of the input has the id {found} in one pass and {id} in another; a view must return its rows in the same order.");
    }

    /// <inheritdoc/>
    public void Dispose() => _cursor.Dispose();

    private void Fill(long row)
    {
        List<(long Row, DataViewRowId Id)> rows = [];
        List<ScoredImage> images = [];
        long pixels = 0;
        while (images.Count < BatchSize && pixels < BatchPixels && Move())
        {
            if (_row < row)
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

        if (images.Count == 0)
        {
            throw _scorer.Host.Except($"The input ended before row {row} in one pass, but not in another.");
        }

        IReadOnlyList<SegmentationPrediction> predictions = _scorer.Predict(images, _probabilities);
        for (int i = 0; i < rows.Count; i++)
        {
            _ready.Enqueue((rows[i].Row, rows[i].Id, predictions[i]));
        }
    }

    private bool Move()
    {
        _row++;
        return _cursor.MoveNext();
    }
}
