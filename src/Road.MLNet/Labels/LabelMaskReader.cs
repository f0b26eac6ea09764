using Road.MLNet.Interop;

namespace Road.MLNet.Data;

/// <summary>How a loader reads its files: the core's PNG masks, or what another package can read beside them.</summary>
internal abstract class LabelMaskReader
{
    /// <summary>What marks a saved loader that reads so, and tells which assembly makes it again.</summary>
    public abstract ModelFormat Format { get; }

    /// <summary>Reads the raw samples of a mask; the caller disposes them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <exception cref="InvalidDataException">It is no mask that can be read; the message names it and why.</exception>
    /// <exception cref="IOException">The file is missing, no regular file, or cannot be read.</exception>
    public abstract LabelPng Read(string path, int maxPixels);

    /// <summary>Reads the size in pixels alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <exception cref="InvalidDataException">It is no mask that can be read; the message names it and why.</exception>
    /// <exception cref="IOException">The file is missing, no regular file, or cannot be read.</exception>
    public abstract (int Width, int Height) ReadSize(string path, int maxPixels);
}
