namespace Road.Torch.Weights.Download;

/// <summary>A request for a file failed on the side of the server or the network.</summary>
internal sealed class TransferException(string message, bool isTransient, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether the next request may do better.</summary>
    public bool IsTransient => isTransient;

    /// <summary>The delay that the server asked for, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
