namespace Road.Torch.Weights;

/// <summary>Tensors of an ONNX model: most lie in the file as they are, the others behind its end, decoded.</summary>
internal sealed class OnnxWeightsData : WeightsData
{
    private readonly FileWeightsData _file;
    private readonly IReadOnlyList<byte[]> _decoded;
    private readonly long[] _starts;

    /// <summary>Takes the file over.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">The file's length: the offset of the first decoded byte.</param>
    /// <param name="decoded">The decoded tensors, none of them empty, in the order of their offsets.</param>
    public OnnxWeightsData(FileWeightsData file, long length, IReadOnlyList<byte[]> decoded)
    {
        _file = file;
        _decoded = decoded;
        _starts = new long[decoded.Count];
        for (int i = 0; i < _starts.Length; i++)
        {
            _starts[i] = length;
            length += decoded[i].Length;
        }
    }

    /// <inheritdoc/>
    public override void Copy(long offset, Span<byte> destination)
    {
        int place = Array.BinarySearch(_starts, offset);
        int index = place < 0 ? ~place - 1 : place;
        if (index < 0)
        {
            _file.Copy(offset, destination);
        }
        else
        {
            _decoded[index].AsSpan((int)(offset - _starts[index]), destination.Length).CopyTo(destination);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();
}
