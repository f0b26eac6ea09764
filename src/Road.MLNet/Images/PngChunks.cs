using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Road.MLNet.Data;

/// <summary>Finds the parts of a PNG file without reading their content.</summary>
internal static class PngChunks
{
    private const int SignatureLength = 8;
    private const int ChecksumLength = 4;

    /// <summary>Finds the first chunk of a type.</summary>
    /// <param name="file">A file that begins with the signature; where it stands does not matter, and stays.</param>
    /// <param name="type">The type's four letters.</param>
    /// <returns>Where its content begins, and how many bytes it says to have; null where there is none before the file ends.</returns>
    public static (long Place, uint Length)? Find(SafeFileHandle file, ReadOnlySpan<byte> type)
    {
        Span<byte> header = stackalloc byte[8];
        for (long place = SignatureLength; RandomAccess.Read(file, header, place) == header.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(header);
            place += header.Length;
            if (header[4..].SequenceEqual(type))
            {
                return (place, length);
            }

            place += length + ChecksumLength;
        }

        return null;
    }
}
