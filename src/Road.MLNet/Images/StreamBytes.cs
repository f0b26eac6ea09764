namespace Road.MLNet.Data;

/// <summary>Reads streams that may come from a network: slow, of unknown length, readable once.</summary>
internal static class StreamBytes
{
    private const int PieceLength = 1 << 16;

    /// <summary>Copies what is left of a stream, which stays open.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled between two pieces.</exception>
    public static MemoryStream Read(Stream stream, CancellationToken cancellationToken)
    {
        MemoryStream content = new();
        byte[] piece = new byte[PieceLength];
        int count;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            count = stream.Read(piece);
            content.Write(piece, 0, count);
        }
        while (count > 0);

        content.Position = 0;
        return content;
    }
}
