using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>
/// A look at some of a view's masks before a training, spread over the view where its number of rows is known. It takes 50 masks or two
/// seconds, whichever is less, reads no image, and leaves it to the training to say which files cannot be read.
/// </summary>
internal static class LabelSurvey
{
    private const int MaskCount = 50;

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    /// <summary>Counts what the masks hold.</summary>
    /// <param name="view">The view.</param>
    /// <param name="label">Its column of masks.</param>
    /// <param name="cancellation">Ends the look.</param>
    /// <returns>The counts; null where no mask could be read in time, or the look was cancelled.</returns>
    public static LabelStatistics? Take(IDataView view, DataViewSchema.Column label, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return null;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(Budget);
        CancellationToken stopped = stop.Token;

        // A user's view may wait for its rows for as long as it likes, so it is not waited for here.
        Task<LabelStatistics> reading = Task.Factory.StartNew(
            () => Read(view, label, stopped), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        bool isDone;
        try
        {
            isDone = reading.Wait(2 * Budget, cancellation);
        }
        catch (OperationCanceledException)
        {
            // It ends with the mask in hand, and then has no cursor open any more.
            reading.Wait(Budget, CancellationToken.None);
            return null;
        }

        return isDone && reading.Result.Masks > 0 && !cancellation.IsCancellationRequested ? reading.Result : null;
    }

    private static LabelStatistics Read(IDataView view, DataViewSchema.Column label, CancellationToken stop)
    {
        LabelStatistics statistics = new(LabelColumn.ReadClassNames(label)) { AllMasks = view.GetRowCount() };
        try
        {
            LabelOrigin? origin = LabelOrigin.Find(view, label.Name);
            using DataViewRowCursor cursor = SequentialView.OpenCursor(view, [origin?.Path ?? label]);
            Action add = origin is null ? ReadColumn(cursor, label, statistics) : ReadFiles(cursor, origin, statistics);
            for (long row = 0; statistics.Masks < MaskCount && !stop.IsCancellationRequested && cursor.MoveNext(); row++)
            {
                if (statistics.AllMasks is not > MaskCount || row * MaskCount % statistics.AllMasks < MaskCount)
                {
                    add();
                }
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The training meets the same fault, and says so better: with the row, and by the user's choice of what is to be skipped.
            return statistics;
        }

        return statistics;
    }

    private static Action ReadFiles(DataViewRow row, LabelOrigin origin, LabelStatistics statistics)
    {
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(origin.Path);
        ReadOnlyMemory<char> path = default;
        return () =>
        {
            getter(ref path);
            try
            {
                string file = origin.Loader.Combine(path.ToString());
                using LabelPng mask = origin.Loader.ReadSamples(file);
                statistics.Add(mask, file, origin.Loader.Encoding);
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
            {
                // One bad mask says nothing of the others.
            }
        };
    }

    private static Action ReadColumn(DataViewRow row, DataViewSchema.Column label, LabelStatistics statistics)
    {
        ValueGetter<VBuffer<byte>> getter = row.GetGetter<VBuffer<byte>>(label);
        VBuffer<byte> keys = default;
        return () =>
        {
            getter(ref keys);
            byte[] classes = new byte[keys.Length];
            keys.CopyTo(classes);
            TensorPrimitives.Subtract(classes, (byte)1, classes);
            statistics.Add(classes);
        };
    }
}
