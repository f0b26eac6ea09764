namespace Road.Torch.Weights;

/// <summary>What every reader refuses, lest a file of a few bytes take much memory.</summary>
internal static class WeightsLimits
{
    /// <summary>The most bytes that a tensor's name may take in a file.</summary>
    public const int MaximumNameLength = 4096;

    // A description can take a kilobyte of memory where a hostile file spends a few bytes.
    private const long FreeCount = 1 << 15;
    private const long BytesPerCount = 1024;

    /// <summary>Refuses a file with more tensors than one of its length can sensibly hold.</summary>
    /// <param name="count">The tensors that the file names, as far as it is read.</param>
    /// <param name="length">The file's length in bytes.</param>
    /// <param name="file">The file's name, for the message.</param>
    /// <exception cref="InvalidDataException">There are too many.</exception>
    public static void CheckCount(long count, long length, string file)
    {
        if (count > FreeCount + (length / BytesPerCount))
        {
            throw WeightsError.Damaged(file, $"it names {count} tensors or more, too many for its length");
        }
    }
}
