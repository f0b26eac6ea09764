namespace Road.Torch.Data;

/// <summary>A source that decodes a sample once where the cache has room for it.</summary>
/// <param name="source">The source whose samples are kept; they must be the same in every pass.</param>
/// <param name="cache">Where they are kept.</param>
public sealed class CachedSampleSource(ISampleSource source, SampleCache cache) : ISampleSource
{
    /// <inheritdoc/>
    public bool IsShuffled => source.IsShuffled;

    /// <inheritdoc/>
    public ISampleCursor Open(int seed) => new Cursor(source, source.Open(seed), cache);

    private sealed class Cursor(ISampleSource source, ISampleCursor inner, SampleCache cache) : ISampleCursor
    {
        public UInt128 Id => inner.Id;

        public bool MoveNext() => inner.MoveNext();

        public DecodedSample Decode()
        {
            UInt128 id = inner.Id;
            if (!cache.TryGet(source, id, out DecodedSample? sample))
            {
                sample = inner.Decode();
                cache.Add(source, id, sample);
            }

            return sample!;
        }

        public byte[]? DecodeLabels() =>
            cache.TryGet(source, inner.Id, out DecodedSample? sample) ? sample!.Labels : inner.DecodeLabels();

        public void Dispose() => inner.Dispose();
    }
}
