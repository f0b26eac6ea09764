namespace Road.Torch.Weights;

/// <summary>The bytes of a safetensors file's tensors, wherever they lie.</summary>
internal abstract class SafetensorsData : IDisposable
{
    /// <summary>Copies bytes out.</summary>
    /// <param name="offset">The first byte, counted from the end of the header.</param>
    /// <param name="destination">Where to; its length says how many.</param>
    public abstract void Copy(long offset, Span<byte> destination);

    /// <inheritdoc/>
    public abstract void Dispose();
}
