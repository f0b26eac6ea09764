using System.Globalization;

namespace Streets.Convert;

/// <summary>
/// Unpacks the runs that Label Studio keeps brushes in, a stream of bits: the number of values in 32, the bits of a value less one in 5,
/// and the bits of four kinds of lengths less one in 4 each; then groups, of a bit that says whether one value is repeated, two that say
/// the kind of the length, the length less one, and the value or the values.
/// </summary>
internal static class RunPack
{
    /// <summary>Unpacks bytes.</summary>
    /// <param name="packed">The stream.</param>
    /// <param name="expected">How many values there must be.</param>
    /// <exception cref="InvalidDataException">
    /// The stream is cut off, or has another number of values, or values of more than 8 bits.
    /// </exception>
    public static byte[] Unpack(byte[] packed, long expected)
    {
        long place = 0;
        long count = Read(32);
        int valueBits = (int)Read(5) + 1;
        if (count != expected || valueBits > 8)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"a brush has {count} values of {valueBits} bits; its image wants {expected} of 8"));
        }

        int[] lengthBits = [.. Enumerable.Range(0, 4).Select(_ => (int)Read(4) + 1)];
        byte[] values = new byte[count];
        for (long i = 0; i < count;)
        {
            bool isRun = Read(1) == 1;
            long end = i + 1 + Read(lengthBits[Read(2)]);
            if (end > count)
            {
                throw new InvalidDataException("the runs of a brush are longer than its image");
            }

            byte value = isRun ? (byte)Read(valueBits) : (byte)0;
            for (; i < end; i++)
            {
                values[i] = isRun ? value : (byte)Read(valueBits);
            }
        }

        return values;

        long Read(int bits)
        {
            if (place + bits > 8L * packed.Length)
            {
                throw new InvalidDataException("a brush is cut off");
            }

            long value = 0;
            for (int i = 0; i < bits; i++, place++)
            {
                value = (value << 1) | (uint)((packed[place >> 3] >> (int)(7 - (place & 7))) & 1);
            }

            return value;
        }
    }
}
