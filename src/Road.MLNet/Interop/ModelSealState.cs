namespace Road.MLNet.Interop;

/// <summary>What a model file says of its own digest.</summary>
internal enum ModelSealState
{
    /// <summary>Nothing: it is of an earlier version, or was changed.</summary>
    Missing,

    /// <summary>That it has none, since it was written to a stream that cannot be read; the archive's checksums are right.</summary>
    NotSealed,

    /// <summary>That it is as it was written.</summary>
    Verified,
}
