using System.Collections.Concurrent;
using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

/// <summary>Samples in memory, their ids far apart; counts what its readers do.</summary>
internal sealed class ListedSource(IReadOnlyList<DecodedSample> samples, bool shuffled = true) : ISampleSource
{
    public bool IsShuffled => shuffled;

    /// <summary>Called with a sample's number before it is decoded.</summary>
    public Action<int>? Decoding { get; init; }

    /// <summary>Called with a sample's number before its labels are decoded alone.</summary>
    public Action<int>? DecodingLabels { get; init; }

    public ConcurrentBag<int> Decoded { get; } = [];

    public static UInt128 Id(int number) => (UInt128)(1000 - number) << 70;

    public ISampleCursor Open(int seed)
    {
        int[] order = [.. Enumerable.Range(0, samples.Count)];
        if (shuffled)
        {
            new Random(seed).Shuffle(order);
        }

        return new Cursor(this, samples, order);
    }

    private sealed class Cursor(ListedSource source, IReadOnlyList<DecodedSample> samples, int[] order) : ISampleCursor
    {
        private int _position = -1;

        public UInt128 Id => ListedSource.Id(order[_position]);

        public bool MoveNext() => ++_position < order.Length;

        public DecodedSample Decode()
        {
            source.Decoded.Add(order[_position]);
            source.Decoding?.Invoke(order[_position]);
            return samples[order[_position]];
        }

        public byte[]? DecodeLabels()
        {
            source.DecodingLabels?.Invoke(order[_position]);
            return samples[order[_position]].Labels;
        }

        public void Dispose()
        {
        }
    }
}
