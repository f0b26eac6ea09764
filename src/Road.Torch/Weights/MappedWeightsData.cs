using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Road.Torch.Weights;

/// <summary>
/// Tensors in a mapped file. Only a window of it is mapped at a time: pages that are mapped count as the process's
/// memory once they are read, and would double what loading takes.
/// </summary>
internal sealed unsafe class MappedWeightsData : WeightsData
{
    private const int WindowLength = 1 << 22;

    private readonly MemoryMappedFile _file;
    private readonly long _start;

    private MappedWeightsData(MemoryMappedFile file, long start)
    {
        _file = file;
        _start = start;
    }

    /// <summary>Maps a file whose structure has been checked.</summary>
    /// <param name="stream">The file, not empty; the mapping takes it over.</param>
    /// <param name="start">The byte of the file that offsets count from.</param>
    public static MappedWeightsData Map(FileStream stream, long start) =>
        new(MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false), start);

    /// <inheritdoc/>
    public override void Copy(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int count = Math.Min(destination.Length, WindowLength);
            CopyWindow(_start + offset, destination[..count]);
            destination = destination[count..];
            offset += count;
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    private void CopyWindow(long position, Span<byte> destination)
    {
        using MemoryMappedViewAccessor view = _file.CreateViewAccessor(position, destination.Length, MemoryMappedFileAccess.Read);
        SafeMemoryMappedViewHandle handle = view.SafeMemoryMappedViewHandle;
        byte* pointer = null;
        try
        {
            handle.AcquirePointer(ref pointer);
            new ReadOnlySpan<byte>(pointer + view.PointerOffset, destination.Length).CopyTo(destination);
        }
        finally
        {
            if (pointer is not null)
            {
                handle.ReleasePointer();
            }
        }
    }
}
