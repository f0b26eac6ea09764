namespace Road.Torch.Data;

/// <summary>A domain's images, read pass by pass. Several cursors of the same pass are open at once, one a worker.</summary>
public interface ISampleSource
{
    /// <summary>
    /// Whether <see cref="Open"/> visits the samples in an order drawn from its seed. Where it does not, crops are
    /// shuffled among their neighbours instead.
    /// </summary>
    bool IsShuffled { get; }

    /// <summary>Opens a cursor over one pass; cursors opened with the same seed visit the same samples in the same order.</summary>
    /// <param name="seed">The seed of the pass's order.</param>
    /// <returns>The cursor; the caller disposes it.</returns>
    ISampleCursor Open(int seed);
}
