namespace Road.Torch.Weights.PyTorch;

/// <summary>A stored entry of a zip archive.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Start">The first byte of its content in the file.</param>
/// <param name="Length">The bytes of its content.</param>
internal sealed record ZipEntry(string Name, long Start, long Length);
