namespace Road.Torch.Data;

/// <summary>One pass over a domain. Moving is cheap; only <see cref="Decode"/> reads an image.</summary>
public interface ISampleCursor : IDisposable
{
    /// <summary>Moves to the next sample.</summary>
    /// <returns>False when the pass is over.</returns>
    bool MoveNext();

    /// <summary>Decodes the sample the cursor stands on.</summary>
    /// <returns>The image and, where the domain is labelled, its labels.</returns>
    DecodedSample Decode();
}
