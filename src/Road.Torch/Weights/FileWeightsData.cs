using Microsoft.Win32.SafeHandles;

namespace Road.Torch.Weights;

/// <summary>
/// Tensors of an open file, read straight into where they go. The file is not mapped: the process would end, with nothing to
/// catch, where it is cut by somebody else meanwhile.
/// </summary>
internal sealed class FileWeightsData : WeightsData
{
    private readonly FileStream _stream;
    private readonly SafeFileHandle _handle;
    private readonly long _start;
    private readonly string _file;

    /// <summary>Takes a file over whose structure has been checked.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="start">The byte of the file that offsets count from.</param>
    /// <param name="file">The file's name, for messages.</param>
    public FileWeightsData(FileStream stream, long start, string file)
    {
        _stream = stream;
        _handle = stream.SafeFileHandle;
        _start = start;
        _file = file;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file has become shorter since it was opened.</exception>
    public override void Copy(long offset, Span<byte> destination)
    {
        long position = _start + offset;
        while (!destination.IsEmpty)
        {
            int count = RandomAccess.Read(_handle, destination, position);
            if (count == 0)
            {
                throw WeightsError.Damaged(_file, $"it was cut at byte {position} while it was being read");
            }

            destination = destination[count..];
            position += count;
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _stream.Dispose();
}
