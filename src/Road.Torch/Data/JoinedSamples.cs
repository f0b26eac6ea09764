namespace Road.Torch.Data;

/// <summary>The samples of several sources one after the other, for what is to be counted over all of them.</summary>
internal sealed class JoinedSamples(IReadOnlyList<ISampleSource> sources) : ISampleSource
{
    public bool IsShuffled => false;

    public ISampleCursor Open(int seed) => new Cursor(sources, seed);

    private sealed class Cursor(IReadOnlyList<ISampleSource> sources, int seed) : ISampleCursor
    {
        private ISampleCursor? _current;
        private int _index = -1;

        // Sources may count their rows alike.
        public UInt128 Id => _current!.Id ^ ((UInt128)_index << 120);

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
