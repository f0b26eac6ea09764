using System.Collections.Concurrent;

namespace Road.Torch.Data;

/// <summary>
/// Decoded samples kept within a budget of bytes, for the sources of one training and all of their workers. Once it is
/// full it stays as it is: in passes of random order every sample is as likely to be next as any other, and replacing
/// would only cost.
/// </summary>
public sealed class SampleCache
{
    private readonly ConcurrentDictionary<(ISampleSource Source, UInt128 Id), DecodedSample> _samples = new();
    private long _bytes;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="budget">The most bytes of pixels and labels to keep, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="budget"/> is negative.</exception>
    public SampleCache(long budget)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        Budget = budget;
    }

    /// <summary>The most bytes of pixels and labels to keep.</summary>
    public long Budget { get; }

    /// <summary>The bytes of pixels and labels that it keeps.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    internal bool TryGet(ISampleSource source, UInt128 id, out DecodedSample? sample) => _samples.TryGetValue((source, id), out sample);

    internal void Add(ISampleSource source, UInt128 id, DecodedSample sample)
    {
        long size = sample.Pixels.LongLength + (sample.Labels?.LongLength ?? 0);

        // The bytes are claimed first, so that workers adding at once do not exceed the budget together.
        if (Interlocked.Add(ref _bytes, size) > Budget || !_samples.TryAdd((source, id), sample))
        {
            Interlocked.Add(ref _bytes, -size);
        }
    }
}
