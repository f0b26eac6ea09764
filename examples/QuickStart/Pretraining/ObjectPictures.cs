namespace QuickStart.Pretraining;

/// <summary>A classification set in memory: the same number of pictures of every kind.</summary>
internal sealed class ObjectPictures
{
    private readonly byte[][] _pictures;

    private ObjectPictures(byte[][] pictures, int size)
    {
        _pictures = pictures;
        Size = size;
    }

    public static int KindCount { get; } = Enum.GetValues<ObjectKind>().Length;

    /// <summary>The side of a picture in pixels.</summary>
    public int Size { get; }

    public int Count => _pictures.Length;

    public static ObjectPictures Draw(int perKind, int size, int firstNumber)
    {
        var painter = new ObjectPainter(size);
        byte[][] pictures = new byte[perKind * KindCount][];
        Parallel.For(0, pictures.Length, i => pictures[i] = painter.Draw(Kind(i), firstNumber + (i / KindCount)));
        return new ObjectPictures(pictures, size);
    }

    /// <summary>Copies pictures side by side.</summary>
    /// <returns>Interleaved RGB, <c>N x Size x Size x 3</c> bytes, and the kind of each picture.</returns>
    public (byte[] Pixels, long[] Kinds) Gather(ReadOnlySpan<int> indices)
    {
        int bytes = 3 * Size * Size;
        byte[] pixels = new byte[indices.Length * bytes];
        long[] kinds = new long[indices.Length];
        for (int n = 0; n < indices.Length; n++)
        {
            _pictures[indices[n]].CopyTo(pixels, n * bytes);
            kinds[n] = (long)Kind(indices[n]);
        }

        return (pixels, kinds);
    }

    private static ObjectKind Kind(int index) => (ObjectKind)(index % KindCount);
}
