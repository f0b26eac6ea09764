using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Road.Torch.Data;

/// <summary>How many pixels each class has in every image of a labelled domain, counted once before a training.</summary>
internal sealed class LabelCensus
{
    private LabelCensus(IReadOnlyDictionary<UInt128, long[]> images, IReadOnlyList<(UInt128 Id, string Message)> faults, int classCount)
    {
        Images = images;
        Faults = faults;
        long[] pixels = new long[classCount];
        foreach (long[] counts in images.Values)
        {
            for (int i = 0; i < classCount; i++)
            {
                pixels[i] += counts[i];
            }
        }

        Pixels = pixels;
    }

    /// <summary>The pixels of each class, by the id of the sample (<see cref="ISampleCursor.Id"/>).</summary>
    public IReadOnlyDictionary<UInt128, long[]> Images { get; }

    /// <summary>The samples that were left out since they cannot be read, and why, in their order.</summary>
    public IReadOnlyList<(UInt128 Id, string Message)> Faults { get; }

    /// <summary>The pixels of each class in all images.</summary>
    public IReadOnlyList<long> Pixels { get; }

    /// <summary>
    /// Counts the labels of a pass; neither the result nor the sample whose error ends it depends on the number of workers.
    /// </summary>
    /// <param name="source">A labelled domain.</param>
    /// <param name="classCount">The number of classes; labels from there on count for none.</param>
    /// <param name="badSamples">Whether samples that cannot be read end the count or are left out.</param>
    /// <param name="workers">The number of threads that decode, at least 1.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="InvalidDataException">A sample is damaged, or has no labels.</exception>
    /// <exception cref="IOException">A sample cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The count was cancelled.</exception>
    public static LabelCensus Take(
        ISampleSource source, int classCount, BadSamplePolicy badSamples, int workers, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<UInt128, long[]> images = new();
        ConcurrentDictionary<long, (UInt128 Id, string Message)> faults = new();
        (long Row, ExceptionDispatchInfo? Error)[] failures = new (long, ExceptionDispatchInfo?)[workers];
        long firstFailed = long.MaxValue;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, index =>
        {
            long row = 0;
            try
            {
                Count(index, ref row);
            }
            catch (Exception error)
            {
                failures[index] = (row, ExceptionDispatchInfo.Capture(error));
                lock (failures)
                {
                    firstFailed = Math.Min(firstFailed, row);
                }
            }
        });
        failures.Where(static failure => failure.Error is not null).OrderBy(static failure => failure.Row).FirstOrDefault().Error?.Throw();
        return new LabelCensus(images, [.. faults.OrderBy(static fault => fault.Key).Select(static fault => fault.Value)], classCount);

        void Count(int worker, ref long row)
        {
            using ISampleCursor cursor = source.Open(0);

            // Behind a failed row nothing counts any more; before it there may be another.
            for (; row < Volatile.Read(ref firstFailed) && cursor.MoveNext(); row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (row % workers != worker)
                {
                    continue;
                }

                try
                {
                    byte[] labels = cursor.DecodeLabels()
                        ?? throw new InvalidDataException("A sample of the source has no labels.");
                    images[cursor.Id] = CountClasses(labels, classCount);
                }
                catch (Exception error) when (
                    badSamples == BadSamplePolicy.Skip && error is (InvalidDataException or IOException or UnauthorizedAccessException))
                {
                    faults[row] = (cursor.Id, error.Message);
                }
            }
        }
    }

    private static long[] CountClasses(byte[] labels, int classCount)
    {
        long[] counts = new long[256];
        foreach (byte label in labels)
        {
            counts[label]++;
        }

        return counts[..classCount];
    }
}
