namespace Road.Torch.Weights;

/// <summary>
/// Tensors read from a stream, in blocks that are allocated as the bytes arrive: a header that promises more than the
/// stream holds costs no more memory than the stream's own length.
/// </summary>
internal sealed class BufferedWeightsData : WeightsData
{
    private const int BlockLength = 1 << 20;

    private readonly List<byte[]> _blocks = [];

    /// <summary>Reads the tensors' bytes to the end of the stream.</summary>
    /// <param name="stream">The stream, after the header.</param>
    /// <param name="length">How many bytes there must be.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">There are fewer or more bytes.</exception>
    public static BufferedWeightsData Read(Stream stream, long length, string file)
    {
        BufferedWeightsData data = new();
        for (long position = 0; position < length; position += BlockLength)
        {
            byte[] block = new byte[Math.Min(BlockLength, length - position)];
            int count = Fill(stream, block, file);
            if (count < block.Length)
            {
                throw WeightsError.Damaged(
                    file, $"it ends after {position + count} of the {length} bytes of tensors that its header states");
            }

            data._blocks.Add(block);
        }

        EnsureEnd(stream, length, file);
        return data;
    }

    /// <summary>Makes sure that a stream ends after its tensors.</summary>
    /// <exception cref="InvalidDataException">It goes on.</exception>
    public static void EnsureEnd(Stream stream, long length, string file)
    {
        // A container may fail here too; .NET's zip archive does not, since it never looks at the checksum of an entry.
        if (Fill(stream, new byte[1], file) != 0)
        {
            throw WeightsError.Damaged(file, $"it goes on after the {length} bytes of tensors that its header states");
        }
    }

    /// <summary>Reads as many bytes as there are, up to the buffer's length.</summary>
    public static int Fill(Stream stream, Span<byte> buffer, string file)
    {
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw WeightsError.Damaged(file, $"the container around it is damaged ({exception.Message})", exception);
        }
    }

    /// <inheritdoc/>
    public override void Copy(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int start = (int)(offset % BlockLength);
            ReadOnlySpan<byte> block = _blocks[(int)(offset / BlockLength)].AsSpan(start);
            int count = Math.Min(block.Length, destination.Length);
            block[..count].CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _blocks.Clear();
}
