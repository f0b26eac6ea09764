using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

/// <summary>Label masks without images; counts how many were read.</summary>
internal sealed class MaskSource(params byte[]?[] masks) : ISampleSource
{
    private int _read;

    public bool IsShuffled => false;

    /// <summary>Called with a mask's number before it is read.</summary>
    public Action<int>? Reading { get; init; }

    public int Read => Volatile.Read(ref _read);

    public ISampleCursor Open(int seed) => new Cursor(this, masks);

    private sealed class Cursor(MaskSource source, byte[]?[] masks) : ISampleCursor
    {
        private int _position = -1;

        public UInt128 Id => (UInt128)_position;

        public bool MoveNext() => ++_position < masks.Length;

        public DecodedSample Decode() => throw new InvalidOperationException("No image is asked for.");

        public byte[]? DecodeLabels()
        {
            source.Reading?.Invoke(_position);
            Interlocked.Increment(ref source._read);
            return masks[_position];
        }

        public void Dispose()
        {
        }
    }
}
