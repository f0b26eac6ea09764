namespace Road.Torch.Data;

/// <summary>One pass over a domain. Moving is cheap; only <see cref="Decode"/> reads an image.</summary>
public interface ISampleCursor : IDisposable
{
    /// <summary>What tells the sample the cursor stands on from the domain's others, the same in every pass.</summary>
    UInt128 Id { get; }

    /// <summary>Moves to the next sample.</summary>
    /// <returns>False when the pass is over.</returns>
    bool MoveNext();

    /// <summary>Decodes the sample the cursor stands on. Nobody changes it afterwards, so that it may be kept.</summary>
    /// <returns>The image and, where the domain is labelled, its labels.</returns>
    /// <exception cref="InvalidDataException">The sample is damaged; the message names file and cause. The cursor can move on.</exception>
    /// <exception cref="IOException">The sample cannot be read; the message names file and cause. The cursor can move on.</exception>
    DecodedSample Decode();

    /// <summary>
    /// Decodes the labels of the sample the cursor stands on, and nothing else where the source can do without its image; they may have
    /// another size than <see cref="Decode"/> gives them.
    /// </summary>
    /// <returns>Class indices, <see cref="DecodedSample.IgnoredLabel"/> where nothing counts; null where the domain has none.</returns>
    /// <exception cref="InvalidDataException">The sample is damaged; the message names file and cause. The cursor can move on.</exception>
    /// <exception cref="IOException">The sample cannot be read; the message names file and cause. The cursor can move on.</exception>
    byte[]? DecodeLabels() => Decode().Labels;
}
