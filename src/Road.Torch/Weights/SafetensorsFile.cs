using System.Buffers.Binary;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>
/// A file of named tensors in the safetensors format (https://github.com/huggingface/safetensors): 8 bytes of header
/// length, little-endian; a JSON header; the tensors' bytes. Reading is safe from several threads at once.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int PrefixLength = 8;

    // Spans end at 2^31 - 1 bytes, tensors do not.
    private const long CopyLength = 1 << 26;

    private readonly SafetensorsData _data;
    private readonly Dictionary<string, SafetensorsEntry> _byName;
    private volatile bool _disposed;

    private SafetensorsFile(string name, SafetensorsHeader header, SafetensorsData data)
    {
        Name = name;
        Metadata = header.Metadata;
        Entries = header.Entries;
        _data = data;
        _byName = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The file's path, or the name that <see cref="Read"/> was given; messages name it.</summary>
    public string Name { get; }

    /// <summary>The file's free-form metadata; empty where it states none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors, in the order in which their bytes lie.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Opens a file by mapping it into memory; tensors are read when they are asked for.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The file; the caller disposes it, which unmaps it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is truncated, damaged, or no safetensors file; the message names it and the cause.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        try
        {
            SafetensorsHeader header = ReadHeader(stream, path, stream.Length, out long start);
            long length = stream.Length - start;
            if (length != header.DataLength)
            {
                throw SafetensorsHeader.Damaged(path, $"it holds {length} bytes of tensors, its header states {header.DataLength}");
            }

            return new SafetensorsFile(path, header, MappedSafetensorsData.Map(stream, start));
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
        SafetensorsHeader header = ReadHeader(stream, name, long.MaxValue, out _);
        if (header.DataLength > maximumLength)
        {
            throw SafetensorsHeader.Damaged(name, $"its header states {header.DataLength} bytes of tensors, over the {maximumLength} that are allowed here");
        }

        return new SafetensorsFile(name, header, BufferedSafetensorsData.Read(stream, header.DataLength, name));
    }

    /// <summary>Finds a tensor's description.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>The description, or null where the file has no tensor of that name.</returns>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads a tensor.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>A new tensor on the CPU of the stored type and shape; the caller owns it.</returns>
    /// <exception cref="KeyNotFoundException">The file has no tensor of that name.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public Tensor ReadTensor(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SafetensorsEntry entry = Get(name);
        using DisposeScope scope = NewDisposeScope();

        // Any byte but 0 and 1 is undefined behaviour in a bool tensor, so those pass through uint8.
        bool isBool = entry.Type == ScalarType.Bool;
        Tensor result = empty([.. entry.Shape], isBool ? ScalarType.Byte : entry.Type, CPU);
        int size = SafetensorsType.SizeOf(entry.Type);
        long count = entry.ElementCount;
        long step = CopyLength / size;
        Tensor flat = result.view(-1);
        for (long start = 0; start < count; start += step)
        {
            using Tensor part = flat.narrow(0, start, Math.Min(step, count - start));
            _data.Copy(entry.Begin + (start * size), part.bytes);
        }

        return (isBool ? result.to(ScalarType.Bool) : result).MoveToOuterDisposeScope();
    }

    /// <summary>Copies a tensor into an existing one.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">A tensor of the stored shape, of any type and on any device; values are converted.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another shape.</exception>
    /// <exception cref="KeyNotFoundException">The file has no tensor of that name.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public void CopyTo(string name, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ObjectDisposedException.ThrowIf(_disposed, this);
        SafetensorsEntry entry = Get(name);
        if (!entry.Shape.SequenceEqual(destination.shape))
        {
            throw new ArgumentException(
                $"The tensor '{name}' of '{Name}' has the shape [{string.Join(", ", entry.Shape)}], the destination [{string.Join(", ", destination.shape)}].",
                nameof(destination));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        destination.copy_(ReadTensor(name));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _data.Dispose();
    }

    private static SafetensorsHeader ReadHeader(Stream stream, string name, long fileLength, out long start)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        int count = BufferedSafetensorsData.Fill(stream, prefix, name);
        if (count < PrefixLength)
        {
            throw SafetensorsHeader.Damaged(name, $"it ends after {count} bytes, within the 8 bytes of the header's length");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        SafetensorsHeader.CheckLength(length, name);
        start = PrefixLength + (long)length;
        if (start > fileLength)
        {
            throw SafetensorsHeader.Damaged(name, $"it ends after {fileLength - PrefixLength} of the {length} bytes of its header");
        }

        byte[] json = new byte[length];
        count = BufferedSafetensorsData.Fill(stream, json, name);
        return count == json.Length
            ? SafetensorsHeader.Parse(json, name)
            : throw SafetensorsHeader.Damaged(name, $"it ends after {count} of the {length} bytes of its header");
    }

    private SafetensorsEntry Get(string name) =>
        Find(name) ?? throw new KeyNotFoundException($"The weights file '{Name}' has no tensor '{name}'.");
}
