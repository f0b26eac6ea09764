namespace Road.Torch.Data;

/// <summary>The samples of several sources one after the other, for what is to be counted over all of them.</summary>
internal sealed class JoinedSamples(IReadOnlyList<ISampleSource> sources) : ISampleSource
{
    public bool IsShuffled => false;

    /// <summary>What tells a sample from those of all sources, which may count their rows alike.</summary>
    /// <param name="id">What tells it from others of its source.</param>
    /// <param name="source">The number of the source.</param>
    public static UInt128 IdAmongAll(UInt128 id, int source) => id ^ ((UInt128)source << 120);

    public ISampleCursor Open(int seed) => new Cursor(sources, seed);

    private sealed class Cursor(IReadOnlyList<ISampleSource> sources, int seed) : ISampleCursor
    {
        private ISampleCursor? _current;
        private int _index = -1;

        public UInt128 Id => IdAmongAll(_current!.Id, _index);

        public bool MoveNext()
        {
            while (_current?.MoveNext() != true)
            {
                _current?.Dispose();
                _current = null;
                if (++_index >= sources.Count)
                {
                    return false;
                }

                _current = sources[_index].Open(seed);
            }

            return true;
        }

        public DecodedSample Decode() => _current!.Decode();

        public byte[]? DecodeLabels() => _current!.DecodeLabels();

        public void Dispose() => _current?.Dispose();
    }
}
