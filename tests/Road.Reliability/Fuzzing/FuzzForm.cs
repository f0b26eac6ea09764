namespace Road.Reliability.Fuzzing;

/// <summary>What a file is made of, which says how its structure can be damaged.</summary>
internal enum FuzzForm
{
    /// <summary>Bytes of which nothing is known.</summary>
    Bytes,

    /// <summary>A zip archive.</summary>
    Zip,

    /// <summary>A JSON text.</summary>
    Json,

    /// <summary>A header of JSON behind its length, then numbers.</summary>
    Safetensors,

    /// <summary>Chunks with checksums.</summary>
    Png,
}
