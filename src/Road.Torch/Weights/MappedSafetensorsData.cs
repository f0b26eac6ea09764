using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Road.Torch.Weights;

/// <summary>Tensors in a mapped file: the system pages in what is read, and nothing is held twice.</summary>
internal sealed unsafe class MappedSafetensorsData : SafetensorsData
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long _start;

    private MappedSafetensorsData(MemoryMappedFile file, MemoryMappedViewAccessor view, long start)
    {
        _file = file;
        _view = view;
        _start = start;
    }

    /// <summary>Maps a file whose header has been checked.</summary>
    /// <param name="stream">The file, not empty; the mapping takes it over.</param>
    /// <param name="start">The offset of the first byte after the header.</param>
    public static MappedSafetensorsData Map(FileStream stream, long start)
    {
        MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        try
        {
            return new MappedSafetensorsData(file, file.CreateViewAccessor(0, stream.Length, MemoryMappedFileAccess.Read), start);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Copy(long offset, Span<byte> destination)
    {
        SafeMemoryMappedViewHandle handle = _view.SafeMemoryMappedViewHandle;
        byte* pointer = null;
        try
        {
            // Holds the mapping against a Dispose on another thread.
            handle.AcquirePointer(ref pointer);
            new ReadOnlySpan<byte>(pointer + _view.PointerOffset + _start + offset, destination.Length).CopyTo(destination);
        }
        finally
        {
            if (pointer is not null)
            {
                handle.ReleasePointer();
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
