using System.Collections.Concurrent;
using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

/// <summary>Images of 16 x 16 whose every byte is their number; counts what its readers do.</summary>
internal sealed class NumberedSource(int count, bool shuffled = true) : ISampleSource
{
    private readonly Recorded<int> _decoded = new();
    private int _open;

    public bool IsShuffled => shuffled;

    /// <summary>Called with a sample's number before it is decoded.</summary>
    public Action<int>? Decoding { get; init; }

    public ConcurrentBag<int> Seeds { get; } = [];

    public int Decoded => _decoded.Items.Length;

    public int OpenCursors => Volatile.Read(ref _open);

    /// <summary>Waits until so many samples have been decoded, or begun to be.</summary>
    public Task UntilDecodedAsync(int samples) => _decoded.UntilAsync(all => all.Count >= samples);

    public ISampleCursor Open(int seed)
    {
        Seeds.Add(seed);
        Interlocked.Increment(ref _open);
        int[] order = [.. Enumerable.Range(0, count)];
        if (shuffled)
        {
            new Random(seed).Shuffle(order);
        }

        return new Cursor(this, order);
    }

    private sealed class Cursor(NumberedSource source, int[] order) : ISampleCursor
    {
        private int _position = -1;

        public UInt128 Id => (UInt128)order[_position];

        public bool MoveNext() => ++_position < order.Length;

        public DecodedSample Decode()
        {
            source._decoded.Add(order[_position]);
            source.Decoding?.Invoke(order[_position]);
            byte[] pixels = new byte[16 * 16 * 3];
            Array.Fill(pixels, (byte)order[_position]);
            return new DecodedSample(16, 16, pixels);
        }

        public void Dispose() => Interlocked.Decrement(ref source._open);
    }
}
