using System.Buffers.Binary;

namespace Road.Reliability.Fuzzing.Mutations;

/// <summary>Damage to bytes of which nothing is known.</summary>
internal static class BytesMutation
{
    private static readonly ulong[] Extremes =
    [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000,
        0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue,
    ];

    /// <summary>Damages content once.</summary>
    public static byte[] Mutate(byte[] content, byte[] other, Random random)
    {
        if (content.Length == 0)
        {
            return Bytes(random, 1 + random.Next(16));
        }

        int place = random.Next(content.Length);
        int length = Math.Min(Length(random, content.Length), content.Length - place);
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                return Changed(content, copy => copy[place] ^= (byte)(1 << random.Next(8)));
            case 3:
                return Changed(content, copy => copy[place] = (byte)random.Next(256));
            case 4 or 5:
                return Changed(content, copy => WriteInteger(copy.AsSpan(place), random));
            case 6:
                return content[..place];
            case 7:
                byte[] piece = random.Next(3) switch
                {
                    0 => Bytes(random, length),
                    1 => new byte[length],
                    _ => content[place..(place + length)],
                };
                return [.. content, .. piece];
            case 8:
                return [.. content[..place], .. content[(place + length)..]];
            case 9:
                return Exchanged(content, place, length, random);
            case 10:
                int start = random.Next(other.Length);
                int rest = random.Next(2) == 0 ? place : place + length;
                return [.. content[..place], .. other.AsSpan(start, Math.Min(length, other.Length - start)), .. content[rest..]];
            default:
                byte value = random.Next(2) == 0 ? (byte)0 : byte.MaxValue;
                return Changed(content, copy => copy.AsSpan(place, length).Fill(value));
        }
    }

    /// <summary>Random bytes.</summary>
    public static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static int Length(Random random, int most) => Math.Clamp(1 << random.Next(10), 1, most) + random.Next(3);

    private static byte[] Changed(byte[] content, Action<byte[]> change)
    {
        byte[] copy = [.. content];
        change(copy);
        return copy;
    }

    private static void WriteInteger(Span<byte> place, Random random)
    {
        ulong value = Extremes[random.Next(Extremes.Length)];
        int size = Math.Min(1 << random.Next(4), place.Length);
        Span<byte> bytes = stackalloc byte[8];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            bytes[..size].CopyTo(place);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
            bytes[^size..].CopyTo(place);
        }
    }

    private static byte[] Exchanged(byte[] content, int place, int length, Random random) => Changed(content, copy =>
    {
        int twin = random.Next(content.Length - length + 1);
        content.AsSpan(place, length).CopyTo(copy.AsSpan(twin));
        content.AsSpan(twin, length).CopyTo(copy.AsSpan(place));
    });
}
