namespace Road.Torch.Weights;

/// <summary>The bytes of a weights file's tensors, wherever they lie.</summary>
internal abstract class WeightsData : IDisposable
{
    /// <summary>Copies bytes out. Safe from several threads at once.</summary>
    /// <param name="offset">The first byte, counted as the entries' offsets are.</param>
    /// <param name="destination">Where to; its length says how many.</param>
    public abstract void Copy(long offset, Span<byte> destination);

    /// <inheritdoc/>
    public abstract void Dispose();
}
