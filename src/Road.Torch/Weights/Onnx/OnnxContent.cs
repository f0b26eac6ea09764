namespace Road.Torch.Weights.Onnx;

/// <summary>What an ONNX model says of its weights.</summary>
/// <param name="Length">The file's length in bytes.</param>
/// <param name="Entries">The tensors; the offset of one that is decoded is <paramref name="Length"/> or more.</param>
/// <param name="Metadata">The model's metadata.</param>
/// <param name="Decoded">The bytes of the tensors that do not lie in the file as they are, one after another.</param>
internal sealed record OnnxContent(
    long Length, IReadOnlyList<WeightsEntry> Entries, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<byte[]> Decoded);
