using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Road.Torch.Weights;

/// <summary>Reads a stretch of a file forward, and refuses to go past its end.</summary>
internal sealed class WeightsReader
{
    private readonly SafeFileHandle _handle;
    private readonly byte[] _buffer = new byte[1 << 13];
    private readonly long _end;
    private long _bufferStart;
    private int _bufferLength;

    /// <summary>Reads from one byte of the file up to another.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="end">One past the last byte, no more than the file's length.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="part">What is being read, for messages.</param>
    public WeightsReader(SafeFileHandle handle, long start, long end, string file, string part)
    {
        _handle = handle;
        _end = end;
        File = file;
        Part = part;
        Position = start;
    }

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>What is being read, such as <c>its pickle</c>; messages name it.</summary>
    public string Part { get; set; }

    /// <summary>The next byte's place in the file.</summary>
    public long Position { get; private set; }

    /// <summary>The bytes left.</summary>
    public long Remaining => _end - Position;

    /// <summary>The exception for what is wrong with the part being read.</summary>
    public InvalidDataException Damaged(string cause, Exception? inner = null) => WeightsError.Damaged(File, $"{Part} {cause}", inner);

    /// <summary>Reads one byte.</summary>
    public byte ReadByte()
    {
        Span<byte> single = stackalloc byte[1];
        Read(single);
        return single[0];
    }

    /// <summary>Reads a little-endian number of 16 bits.</summary>
    public ushort ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    /// <summary>Reads a little-endian number of 32 bits.</summary>
    public uint ReadUInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>Reads a little-endian number of 64 bits.</summary>
    public ulong ReadUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Reads bytes until the destination is full.</summary>
    /// <exception cref="InvalidDataException">The stretch ends before.</exception>
    public void Read(Span<byte> destination)
    {
        Ensure(destination.Length);
        while (!destination.IsEmpty)
        {
            long ahead = Position - _bufferStart;
            if (ahead < 0 || ahead >= _bufferLength)
            {
                Refill();
                ahead = 0;
            }

            int count = (int)Math.Min(destination.Length, _bufferLength - ahead);
            _buffer.AsSpan((int)ahead, count).CopyTo(destination);
            destination = destination[count..];
            Position += count;
        }
    }

    /// <summary>Goes past bytes without reading them.</summary>
    /// <exception cref="InvalidDataException">The stretch ends before.</exception>
    public void Skip(ulong count)
    {
        Ensure(count);
        Position += (long)count;
    }

    private void Ensure(long count) => Ensure((ulong)count);

    private void Ensure(ulong count)
    {
        if (count > (ulong)Remaining)
        {
            throw Damaged($"ends too early: {count} more bytes are needed at byte {Position}, and {Remaining} are left");
        }
    }

    private void Refill()
    {
        _bufferStart = Position;
        _bufferLength = RandomAccess.Read(_handle, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, Remaining)), Position);
        if (_bufferLength == 0)
        {
            throw Damaged($"was cut at byte {Position} while it was being read");
        }
    }
}
