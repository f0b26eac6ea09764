using System.Security.Cryptography;

namespace Road.Torch.Weights.Download;

/// <summary>A file that somebody publishes, and how to know it.</summary>
/// <param name="Name">Its name, there and in the cache.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in lower-case hexadecimal digits.</param>
internal sealed record PublishedFile(string Name, string Sha256)
{
    /// <summary>The number of bytes beyond which a download is not this file: it bounds what a server can fill the disk with.</summary>
    public long LongestLength { get; init; } = 1L << 30;

    /// <summary>Whether the file at a path is this one, all of it.</summary>
    public bool Matches(string path) => Digest(path) == Sha256;

    /// <summary>The SHA-256 of the file at a path, as <see cref="Sha256"/> states it.</summary>
    public static string Digest(string path)
    {
        using FileStream file = new(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
