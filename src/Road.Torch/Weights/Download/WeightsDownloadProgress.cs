namespace Road.Torch.Weights.Download;

/// <summary>How far a download of weights has come.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Address">Where the file comes from.</param>
/// <param name="FilePath">Where the file goes to.</param>
/// <param name="BytesReceived">Bytes on disk, those of earlier attempts included.</param>
/// <param name="TotalBytes">The file's length in bytes; null where the server has not stated it.</param>
/// <param name="Failure">
/// What went wrong with the last request; null unless <paramref name="Phase"/> is <see cref="WeightsDownloadPhase.Retrying"/>.
/// </param>
public sealed record WeightsDownloadProgress(
    WeightsDownloadPhase Phase, Uri Address, string FilePath, long BytesReceived, long? TotalBytes, string? Failure = null);
