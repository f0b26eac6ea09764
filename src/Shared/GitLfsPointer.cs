namespace Road.Files;

/// <summary>
/// The small text that a clone without Git LFS has in the place of a large file, which people take for the file itself: images, masks and
/// weights are often kept so.
/// </summary>
internal static class GitLfsPointer
{
    /// <summary>How many bytes tell one.</summary>
    public const int Length = 23;

    /// <summary>What a message says of one, after the file's name.</summary>
    public const string Description = "it is a pointer of Git LFS and not the file itself, which 'git lfs pull' fetches";

    /// <summary>Whether a file that begins so is one.</summary>
    public static bool Begins(ReadOnlySpan<byte> start) => start.StartsWith("version https://git-lfs"u8);
}
