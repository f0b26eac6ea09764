namespace Road.MLNet.Data;

/// <summary>
/// An array that serves again and again for images of one size. Those of an image are large objects, which the runtime frees only by
/// a collection of everything: a new one for each image brings one about after every few images. For one thread at a time.
/// </summary>
internal sealed class ReusedBytes
{
    private byte[] _bytes = [];

    /// <summary>The array, whatever it held before; another one where the length has changed.</summary>
    /// <param name="length">Its length.</param>
    public byte[] OfLength(int length)
    {
        if (_bytes.Length != length)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(length);
        }

        return _bytes;
    }
}
