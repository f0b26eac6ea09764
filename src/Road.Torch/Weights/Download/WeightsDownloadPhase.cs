namespace Road.Torch.Weights.Download;

/// <summary>What a download of weights is doing.</summary>
public enum WeightsDownloadPhase
{
    /// <summary>Another process, or another thread, downloads the same file; this one waits for it.</summary>
    Waiting,

    /// <summary>The file is arriving.</summary>
    Downloading,

    /// <summary>A request failed; the next one follows after a delay, from the byte that was reached.</summary>
    Retrying,

    /// <summary>The file is in its place, its checksum verified.</summary>
    Completed,
}
