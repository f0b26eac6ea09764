namespace Road.Torch.Weights;

/// <summary>
/// Tensors that are copied straight out of a stream, which need not seek: each byte once, in rising order, and by one
/// thread.
/// </summary>
internal sealed class ForwardWeightsData : WeightsData
{
    private const int SkipLength = 1 << 16;

    private readonly Stream _stream;
    private readonly long _length;
    private readonly string _file;
    private readonly SafetensorsDigest? _digest;
    private long _position;

    /// <summary>Starts at the first byte of the tensors.</summary>
    /// <param name="stream">The stream, after the header; it stays open.</param>
    /// <param name="length">How many bytes there must be.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="digest">What the bytes are compared with at the end; null for nothing.</param>
    public ForwardWeightsData(Stream stream, long length, string file, SafetensorsDigest? digest = null)
    {
        _stream = stream;
        _length = length;
        _file = file;
        _digest = digest;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The stream has passed the offset.</exception>
    /// <exception cref="InvalidDataException">The stream ends before it should.</exception>
    public override void Copy(long offset, Span<byte> destination)
    {
        if (offset < _position)
        {
            throw new InvalidOperationException(
                $"Byte {offset} of '{_file}' has been read already: its tensors can be read once, in the file's order.");
        }

        SkipTo(offset);
        Fill(destination);
    }

    /// <summary>Reads what is left.</summary>
    /// <exception cref="InvalidDataException">There are fewer or more bytes than there must be, or others than the digest says.</exception>
    public void Finish()
    {
        SkipTo(_length);
        BufferedWeightsData.EnsureEnd(_stream, _length, _file);
        _digest?.Verify(_file);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The stream is its owner's.
    }

    private void SkipTo(long offset)
    {
        byte[] skipped = offset > _position ? new byte[SkipLength] : [];
        while (_position < offset)
        {
            Fill(skipped.AsSpan(0, (int)Math.Min(SkipLength, offset - _position)));
        }
    }

    private void Fill(Span<byte> destination)
    {
        int count = BufferedWeightsData.Fill(_stream, destination, _file);
        if (count < destination.Length)
        {
            throw WeightsError.Damaged(
                _file, $"it ends after {_position + count} of the {_length} bytes of tensors that its header states");
        }

        _digest?.Append(destination);
        _position += count;
    }
}
