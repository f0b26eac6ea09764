using System.Text;
using Google.Protobuf;

namespace Road.Torch.Weights.Onnx;

/// <summary>
/// Walks over the fields of Protocol Buffers messages in a file. No message is built, and what is not asked for is passed
/// over unread: whatever lengths a file states, they cost no memory.
/// </summary>
/// <param name="reader">The file.</param>
internal sealed class ProtobufReader(WeightsReader reader)
{
    // Seven bits a byte, of 64.
    private const int LongestNumber = 10;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The next byte's place in the file.</summary>
    public long Position => reader.Position;

    /// <summary>Reads what comes before the next field's value, and the value where it is a number of variable length.</summary>
    /// <param name="end">Where the message ends.</param>
    /// <param name="field">The field.</param>
    /// <returns>False at the message's end.</returns>
    /// <exception cref="InvalidDataException">The field is malformed or goes beyond the message.</exception>
    public bool TryReadField(long end, out ProtobufField field)
    {
        field = default;
        long begin = Position;
        if (begin == end)
        {
            return false;
        }

        ulong tag = ReadNumber(end);
        int number = WireFormat.GetTagFieldNumber((uint)tag);
        if (tag > uint.MaxValue || number == 0)
        {
            throw Damaged($"has no valid field at byte {begin}");
        }

        WireFormat.WireType type = WireFormat.GetTagWireType((uint)tag);
        long start = Position;
        ulong value = type == WireFormat.WireType.Varint ? ReadNumber(end) : 0;
        ulong length = type switch
        {
            WireFormat.WireType.Varint => (ulong)(Position - start),
            WireFormat.WireType.Fixed32 => sizeof(uint),
            WireFormat.WireType.Fixed64 => sizeof(ulong),
            WireFormat.WireType.LengthDelimited => ReadNumber(end),
            _ => throw Damaged($"has a field of the unknown type {(int)type} at byte {begin}"),
        };
        start = type == WireFormat.WireType.LengthDelimited ? Position : start;
        if (length > (ulong)(end - start))
        {
            throw Damaged($"ends too early: the field {number} at byte {begin} needs {length} bytes, and {end - start} are left");
        }

        field = new ProtobufField(number, type, value, start, start + (long)length);
        return true;
    }

    /// <summary>Goes to a field's end.</summary>
    public void Pass(ProtobufField field) => reader.Skip((ulong)(field.End - Position));

    /// <summary>Makes sure that a field holds a message, a text or bytes.</summary>
    /// <returns>Where they end.</returns>
    /// <exception cref="InvalidDataException">It holds a number.</exception>
    public long Enter(ProtobufField field) => field.Type == WireFormat.WireType.LengthDelimited
        ? field.End
        : throw Damaged($"has a number in the field {field.Number}, where none belongs");

    /// <summary>Gives the number that a field holds.</summary>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public long Number(ProtobufField field) => field.Type == WireFormat.WireType.Varint
        ? (long)field.Value
        : throw Damaged($"has no whole number in the field {field.Number}, where one belongs");

    /// <summary>Reads the text that a field holds.</summary>
    /// <param name="field">The field.</param>
    /// <param name="maximumLength">The most bytes to accept.</param>
    /// <exception cref="InvalidDataException">It holds something else, text that is longer, or no valid UTF-8.</exception>
    public string ReadText(ProtobufField field, long maximumLength)
    {
        Enter(field);
        if (field.Length > maximumLength)
        {
            throw Damaged($"has a text of {field.Length} bytes in the field {field.Number}; {maximumLength} are allowed");
        }

        byte[] bytes = new byte[field.Length];
        reader.Read(bytes);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw Damaged($"has a text in the field {field.Number} that is not valid UTF-8", exception);
        }
    }

    /// <summary>Reads a number of variable length.</summary>
    /// <param name="end">Where the message ends.</param>
    /// <exception cref="InvalidDataException">The number goes beyond the message or beyond 64 bits.</exception>
    public ulong ReadNumber(long end)
    {
        ulong value = 0;
        for (int i = 0; i < LongestNumber; i++)
        {
            if (Position >= end)
            {
                throw Damaged($"ends too early: within a number at byte {Position}");
            }

            byte part = reader.ReadByte();
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Damaged($"has a number of more than {LongestNumber} bytes before byte {Position}");
    }

    /// <summary>The exception for what is wrong with the file.</summary>
    public InvalidDataException Damaged(string cause, Exception? inner = null) => reader.Damaged(cause, inner);
}
