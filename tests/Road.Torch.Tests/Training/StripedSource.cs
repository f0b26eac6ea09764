using Road.Torch.Data;

namespace Road.Torch.Tests.Training;

/// <summary>A small domain of its own: noisy images of two classes, split at a random row.</summary>
internal sealed class StripedSource(int count, bool labelled, bool shuffled = true, int width = 96, int height = 80) : ISampleSource
{
    public bool IsShuffled => shuffled;

    /// <summary>Every label is ignored.</summary>
    public bool AllIgnored { get; init; }

    public ISampleCursor Open(int seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        if (shuffled)
        {
            new Random(seed).Shuffle(order);
        }

        return new Cursor(this, order);
    }

    public DecodedSample Sample(int index)
    {
        Random random = new(index);
        byte[] pixels = new byte[width * height * 3];
        random.NextBytes(pixels);
        byte[]? labels = labelled ? new byte[width * height] : null;
        int split = random.Next(height / 4, height * 3 / 4);
        for (int i = 0; i < width * height; i++)
        {
            bool below = i / width >= split;
            pixels[i * 3] = (byte)((pixels[i * 3] / 4) + (below ? 150 : 20));
            if (labels is not null)
            {
                labels[i] = AllIgnored ? DecodedSample.IgnoredLabel : (byte)(below ? 1 : 0);
            }
        }

        return new DecodedSample(width, height, pixels, labels);
    }

    private sealed class Cursor(StripedSource source, int[] order) : ISampleCursor
    {
        private int _position = -1;

        public UInt128 Id => (UInt128)order[_position];

        public bool MoveNext() => ++_position < order.Length;

        public DecodedSample Decode() => source.Sample(order[_position]);

        public void Dispose()
        {
        }
    }
}
