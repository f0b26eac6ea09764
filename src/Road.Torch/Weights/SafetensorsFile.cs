using System.Buffers;
using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>
/// A file of named tensors in the safetensors format (https://github.com/huggingface/safetensors): 8 bytes of header
/// length, little-endian; a JSON header; the tensors' bytes. Its entries are in the order in which their bytes lie.
/// </summary>
public sealed class SafetensorsFile : WeightsFile
{
    private const int PrefixLength = 8;
    private const int VerifiedPiece = 1 << 18;

    private readonly WeightsData _data;
    private readonly long _dataLength;

    private SafetensorsFile(string name, SafetensorsHeader header, WeightsData data, SafetensorsDigest? digest)
        : base(name, WeightsFormat.Safetensors, header.Metadata, header.Entries, data)
    {
        _data = data;
        _dataLength = header.DataLength;
        Digest = digest;
    }

    /// <summary>The digest that the metadata states, with the header in it; null where it states none.</summary>
    internal SafetensorsDigest? Digest { get; }

    /// <summary>Opens a file; its tensors are read when they are asked for.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The file; the caller disposes it, which closes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is truncated, damaged, or no safetensors file; the message names it and the cause.
    /// </exception>
    public static new SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream = OpenStream(path);
        try
        {
            return Read(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole file from a stream, which need not seek, to its end.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="name">What messages call the file.</param>
    /// <param name="maximumLength">
    /// The most bytes of tensors to accept; it bounds the memory that a small, compressed entry can claim. 4 GiB unless given.
    /// </param>
    /// <returns>The file, held in memory until the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumLength"/> is negative.</exception>
    /// <exception cref="InvalidDataException">
    /// The content is truncated, damaged, no safetensors file, or longer than <paramref name="maximumLength"/>.
    /// </exception>
    public static SafetensorsFile Read(Stream stream, string name, long maximumLength = 1L << 32)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumLength);
        SafetensorsHeader header = ReadHeader(stream, name, long.MaxValue, out _, out SafetensorsDigest? digest);
        if (header.DataLength > maximumLength)
        {
            throw WeightsError.Damaged(
                name, $"its header states {header.DataLength} bytes of tensors, over the {maximumLength} that are allowed here");
        }

        return new SafetensorsFile(name, header, BufferedWeightsData.Read(stream, header.DataLength, name), digest);
    }

    /// <summary>
    /// Fills a module from a stream, which need not seek, to its end, each tensor straight into its memory. Where the stream
    /// turns out to be damaged after the header, the module is left half filled.
    /// </summary>
    /// <param name="module">The module; the file must fit it exactly.</param>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="name">What messages call the file.</param>
    /// <param name="verify">Whether the content is compared with the digest that the metadata states, if it states one.</param>
    /// <param name="examine">
    /// Is shown the header before anything is filled, and throws where it is not to its liking; null for nothing.
    /// </param>
    /// <exception cref="WeightsMismatchException">The file does not fit; the module is unchanged.</exception>
    /// <exception cref="InvalidDataException">The content is truncated, damaged, not finite, or no safetensors file.</exception>
    internal static void Load(nn.Module module, Stream stream, string name, bool verify = true, Action<SafetensorsFile>? examine = null)
    {
        SafetensorsHeader header = ReadHeader(stream, name, long.MaxValue, out _, out SafetensorsDigest? digest);
        ForwardWeightsData data = new(stream, header.DataLength, name, verify ? digest : null);
        using SafetensorsFile file = new(name, header, data, digest);
        examine?.Invoke(file);
        WeightsLoader.Load(module, file);
        data.Finish();
    }

    /// <summary>Reads all of the content and compares it with the digest that the metadata states.</summary>
    /// <exception cref="InvalidDataException">The content is not what was written, or no digest is stated.</exception>
    internal void Verify()
    {
        SafetensorsDigest digest = Digest ?? throw WeightsError.Damaged(Name, $"its metadata states no digest '{SafetensorsDigest.Key}'");
        byte[] piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(VerifiedPiece, Math.Max(1, _dataLength)));
        try
        {
            for (long offset = 0; offset < _dataLength; offset += piece.Length)
            {
                Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, _dataLength - offset));
                _data.Copy(offset, bytes);
                digest.Append(bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        digest.Verify(Name);
    }

    /// <summary>Reads the header of a file, which takes the stream over.</summary>
    internal static SafetensorsFile Read(FileStream stream, string path)
    {
        SafetensorsHeader header = ReadHeader(stream, path, stream.Length, out long start, out SafetensorsDigest? digest);
        long length = stream.Length - start;
        if (length != header.DataLength)
        {
            throw WeightsError.Damaged(path, $"it holds {length} bytes of tensors, its header states {header.DataLength}");
        }

        return new SafetensorsFile(path, header, new FileWeightsData(stream, start, path), digest);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            Digest?.Dispose();
        }
    }

    private static SafetensorsHeader ReadHeader(
        Stream stream, string name, long fileLength, out long start, out SafetensorsDigest? digest)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        int count = BufferedWeightsData.Fill(stream, prefix, name);
        if (count < PrefixLength)
        {
            throw WeightsError.Damaged(name, $"it ends after {count} bytes, within the 8 bytes of the header's length");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        SafetensorsHeader.CheckLength(length, name);
        start = PrefixLength + (long)length;
        if (start > fileLength)
        {
            throw WeightsError.Damaged(name, $"it ends after {fileLength - PrefixLength} of the {length} bytes of its header");
        }

        byte[] json = new byte[length];
        count = BufferedWeightsData.Fill(stream, json, name);
        if (count < json.Length)
        {
            throw WeightsError.Damaged(name, $"it ends after {count} of the {length} bytes of its header");
        }

        SafetensorsHeader header = SafetensorsHeader.Parse(json, name);
        digest = SafetensorsDigest.Begin(prefix, json, out _);
        return digest is not null || !header.Metadata.ContainsKey(SafetensorsDigest.Key)
            ? header
            : throw WeightsError.Damaged(name, $"its metadata '{SafetensorsDigest.Key}' is not the 64 digits of a SHA-256");
    }
}
