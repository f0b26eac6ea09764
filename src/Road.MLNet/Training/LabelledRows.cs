using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Torch.Data;

namespace Road.MLNet.Data;

/// <summary>Those samples of a view that have labels; the others are passed over, undecoded.</summary>
/// <param name="source">The samples of all rows.</param>
/// <param name="rows">The ids of the rows that have labels.</param>
internal sealed class LabelledRows(ISampleSource source, IReadOnlySet<UInt128> rows) : ISampleSource
{
    public bool IsShuffled => source.IsShuffled;

    public ISampleCursor Open(int seed) => new Cursor(source.Open(seed), rows);

    /// <summary>
    /// Looks for the rows that have labels: by their paths where the masks are loaded from files, so that none is read, else by the masks.
    /// </summary>
    /// <param name="view">The view.</param>
    /// <param name="labelColumnName">Its column of masks, empty where a row has none.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>The ids of the rows.</returns>
    public static HashSet<UInt128> Find(IDataView view, string labelColumnName, CancellationToken cancellationToken)
    {
        DataViewSchema.Column label = view.Schema[labelColumnName];
        LabelOrigin? origin = LabelOrigin.Find(view, labelColumnName);
        using DataViewRowCursor cursor = SequentialView.OpenCursor(view, [origin?.Path ?? label]);
        Func<bool> isLabelled = origin is null ? ByMask(cursor, label) : ByPath(cursor, origin);
        ValueGetter<DataViewRowId> getId = cursor.GetIdGetter();
        HashSet<UInt128> rows = [];
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (isLabelled())
            {
                DataViewRowId id = default;
                getId(ref id);
                rows.Add(new UInt128(id.High, id.Low));
            }
        }

        return rows;
    }

    private static Func<bool> ByPath(DataViewRow row, LabelOrigin origin)
    {
        ValueGetter<ReadOnlyMemory<char>> getPath = row.GetGetter<ReadOnlyMemory<char>>(origin.Path);
        ReadOnlyMemory<char> path = default;
        return () =>
        {
            getPath(ref path);
            return !origin.Loader.AllowsMissing || !path.Span.IsWhiteSpace();
        };
    }

    private static Func<bool> ByMask(DataViewRow row, DataViewSchema.Column label)
    {
        ValueGetter<VBuffer<byte>> getMask = row.GetGetter<VBuffer<byte>>(label);
        VBuffer<byte> mask = default;
        return () =>
        {
            try
            {
                getMask(ref mask);
            }
            catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
            {
                // It has one, if a bad one: the training says so, or leaves it out, as it is told to.
                return true;
            }

            return mask.Length > 0;
        };
    }

    private sealed class Cursor(ISampleCursor inner, IReadOnlySet<UInt128> rows) : ISampleCursor
    {
        public UInt128 Id => inner.Id;

        public bool MoveNext()
        {
            while (inner.MoveNext())
            {
                if (rows.Contains(inner.Id))
                {
                    return true;
                }
            }

            return false;
        }

        public DecodedSample Decode() => inner.Decode();

        public byte[]? DecodeLabels() => inner.DecodeLabels();

        public void Dispose() => inner.Dispose();
    }
}
