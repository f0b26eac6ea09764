using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Road.Torch.Weights;

/// <summary>
/// The SHA-256 of a safetensors file that the file's own metadata states: over every byte of it, with zeros in the place of the
/// 64 digits. So it holds names, types, shapes and metadata as well as the tensors' bytes.
/// </summary>
internal sealed class SafetensorsDigest : IDisposable
{
    /// <summary>The metadata's entry.</summary>
    public const string Key = "road.sha256";

    private const int DigitCount = 2 * SHA256.HashSizeInBytes;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdef"u8);

    private static readonly byte[] Entry = Encoding.ASCII.GetBytes($"\"{Key}\":\"");

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string _stated;

    private SafetensorsDigest(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> header, Range digits)
    {
        _stated = Encoding.ASCII.GetString(header[digits]);
        byte[] blanked = header.ToArray();
        blanked.AsSpan(digits).Fill((byte)'0');
        _hash.AppendData(prefix);
        _hash.AppendData(blanked);
    }

    /// <summary>What holds the place of the digits while they are not known.</summary>
    public static string Blank { get; } = new('0', DigitCount);

    /// <summary>Begins with a header; the tensors' bytes are to follow.</summary>
    /// <param name="prefix">The 8 bytes before the header.</param>
    /// <param name="header">The header.</param>
    /// <param name="digits">Where the digits stand in the header.</param>
    /// <returns>The digest so far; null where the header states none.</returns>
    public static SafetensorsDigest? Begin(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> header, out Range digits)
    {
        // In a name or a text the quotation marks would be escaped, so only the entry itself looks like this.
        int start = header.IndexOf(Entry) + Entry.Length;
        digits = start..(start + DigitCount);
        bool isThere = start >= Entry.Length && header.Length > start + DigitCount && header[start + DigitCount] == (byte)'"'
            && !header[digits].ContainsAnyExcept(Digits);
        return isThere ? new SafetensorsDigest(prefix, header, digits) : null;
    }

    /// <summary>Adds the next of the tensors' bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>The digits of all that was added.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <summary>Compares with what the file states.</summary>
    /// <exception cref="InvalidDataException">The file is not as it was written.</exception>
    public void Verify(string file)
    {
        if (Finish() != _stated)
        {
            throw WeightsError.Damaged(
                file, "it was changed after it was written: its content has another SHA-256 than its metadata states");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
