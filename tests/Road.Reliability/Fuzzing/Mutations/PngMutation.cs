using System.Buffers.Binary;
using System.Text;
using Road.MLNet.Tests.Data;

namespace Road.Reliability.Fuzzing.Mutations;

/// <summary>Damage to a PNG file whose checksums are right: chunks removed, doubled, exchanged, renamed and changed.</summary>
internal static class PngMutation
{
    private const int SignatureLength = 8;
    private static readonly string[] Types = ["IHDR", "IDAT", "PLTE", "IEND", "tRNS", "gAMA", "QQQQ", "qqqq"];

    /// <summary>Damages a file; null where it has no chunks.</summary>
    public static byte[]? TryMutate(byte[] content, Random random)
    {
        List<(string Type, byte[] Content)> chunks = [.. Read(content)];
        if (chunks.Count == 0)
        {
            return null;
        }

        int place = random.Next(chunks.Count);
        int twin = random.Next(chunks.Count);
        (string type, byte[] data) = chunks[place];
        switch (random.Next(7))
        {
            case 0:
                chunks.RemoveAt(place);
                break;
            case 1:
                chunks.Insert(twin, chunks[place]);
                break;
            case 2:
                (chunks[place], chunks[twin]) = (chunks[twin], chunks[place]);
                break;
            case 3:
                chunks[place] = (Types[random.Next(Types.Length)], data);
                break;
            case 4:
                chunks[0] = (chunks[0].Type, BytesMutation.Mutate(chunks[0].Content, data, random));
                break;
            default:
                chunks[place] = (type, BytesMutation.Mutate(data, chunks[twin].Content, random));
                break;
        }

        return [.. content[..SignatureLength], .. chunks.SelectMany(static chunk => PngWriter.Chunk(chunk.Type, chunk.Content))];
    }

    private static IEnumerable<(string Type, byte[] Content)> Read(byte[] content)
    {
        int place = SignatureLength;
        while (place + 12 <= content.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(place));
            if (length > content.Length - place - 12)
            {
                break;
            }

            yield return (Encoding.Latin1.GetString(content, place + 4, 4), content[(place + 8)..(place + 8 + (int)length)]);
            place += 12 + (int)length;
        }
    }
}
