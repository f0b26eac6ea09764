namespace Road.Reliability.Fuzzing;

/// <summary>What became of a mutated file.</summary>
internal enum FuzzOutcome
{
    /// <summary>The mutation left the content as it was; it does not count.</summary>
    Same,

    /// <summary>It was refused with an error that names the file and the cause.</summary>
    Refused,

    /// <summary>It was taken, its format having no checksum, and everything that came of it is finite.</summary>
    Accepted,

    /// <summary>It was taken where damage must be noticed, or gave numbers that are not finite, or the error is none for a user.</summary>
    Failed,
}
