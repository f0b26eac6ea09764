using System.Buffers.Binary;
using System.IO.Compression;

namespace Road.MLNet.Data;

/// <summary>
/// The filtered rows of a PNG file, inflated piece by piece while they are in the processor's cache, and their checksum.
/// </summary>
internal sealed class PngData : IDisposable
{
    private readonly DeflateStream _stream;
    private readonly long _length;
    private readonly uint _expected;
    private uint _checksum = Adler32.Start;
    private long _position;

    /// <summary>Checks how the compressed data begins.</summary>
    /// <param name="buffer">Holds the data of all IDAT chunks.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="compressedLength">How many bytes it has.</param>
    /// <param name="length">How many bytes it must hold.</param>
    /// <exception cref="InvalidDataException">It is not zlib's.</exception>
    public PngData(byte[] buffer, int start, int compressedLength, long length)
    {
        ReadOnlySpan<byte> data = buffer.AsSpan(start, compressedLength);
        bool isZlib = data.Length > 6 && (data[0] & 15) == 8 && data[0] >> 4 <= 7 && ((data[0] << 8) | data[1]) % 31 == 0;
        if (!isZlib || (data[1] & 0x20) != 0)
        {
            throw new InvalidDataException("its compressed data does not begin as zlib's does");
        }

        // The checksum is compared here, since ZLibStream takes data that stops short of it for complete.
        _expected = BinaryPrimitives.ReadUInt32BigEndian(data[^4..]);
        _length = length;
        _stream = new DeflateStream(new MemoryStream(buffer, start + 2, data.Length - 6, writable: false), CompressionMode.Decompress);
    }

    /// <summary>Fills <paramref name="rows"/> with the next bytes.</summary>
    /// <exception cref="InvalidDataException">The data is damaged or ends before.</exception>
    public void Read(Span<byte> rows)
    {
        int read = Inflate(rows);
        _position += read;
        if (read < rows.Length)
        {
            throw new InvalidDataException($"its data ends after {_position} of {_length} bytes");
        }

        _checksum = Adler32.Append(_checksum, rows);
    }

    /// <summary>Checks the end of the data.</summary>
    /// <exception cref="InvalidDataException">The data goes on, or its checksum is wrong.</exception>
    public void Finish()
    {
        Span<byte> more = stackalloc byte[1];
        if (Inflate(more) > 0)
        {
            throw new InvalidDataException($"its data holds more than the header's {_length} bytes");
        }

        if (_checksum != _expected)
        {
            throw new InvalidDataException("the Adler-32 checksum of its data is wrong");
        }
    }

    /// <summary>Frees the inflater.</summary>
    public void Dispose() => _stream.Dispose();

    private int Inflate(Span<byte> rows)
    {
        try
        {
            return _stream.ReadAtLeast(rows, rows.Length, throwOnEndOfStream: false);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw new InvalidDataException("its compressed data is damaged", exception);
        }
    }
}
