using System.Buffers.Binary;

namespace Road.Reliability.Fuzzing.Mutations;

/// <summary>Damage to a safetensors file whose header still ends where it says: in the JSON, or in the numbers alone.</summary>
internal static class SafetensorsMutation
{
    private const int LengthSize = sizeof(ulong);

    /// <summary>Damages a file; null where it has no header.</summary>
    public static byte[]? TryMutate(byte[] content, byte[] other, Random random)
    {
        ulong length = content.Length < LengthSize ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(content);
        if (content.Length < LengthSize || length > (ulong)(content.Length - LengthSize))
        {
            return null;
        }

        int start = LengthSize + (int)length;
        byte[] header = content[LengthSize..start];
        byte[] numbers = content[start..];
        if (random.Next(3) == 0)
        {
            return [.. content[..start], .. BytesMutation.Mutate(numbers, other, random)];
        }

        byte[]? mutated = random.Next(4) == 0 ? BytesMutation.Mutate(header, other, random) : JsonMutation.TryMutate(header, random);
        if (mutated is null)
        {
            return null;
        }

        byte[] newLength = new byte[LengthSize];
        BinaryPrimitives.WriteUInt64LittleEndian(newLength, (ulong)mutated.Length);
        return [.. newLength, .. mutated, .. numbers];
    }
}
