namespace Road.Torch.Weights.Download;

/// <summary>
/// Published weights could not be downloaded, or not be kept. The message says why, which file to fetch by hand and
/// where to put it. Nothing but a partial file, which a later attempt goes on from, is left behind.
/// </summary>
public sealed class WeightsDownloadException : IOException
{
    internal WeightsDownloadException(string cause, Uri address, string filePath, Exception? innerException = null)
        : base(
            $"No pretrained weights: {cause.TrimEnd('.')}. To provide them by hand, fetch {address.AbsoluteUri} and save it as "
            + $"'{filePath}'.",
            innerException)
    {
        Address = address;
        FilePath = filePath;
    }

    /// <summary>The address of the file.</summary>
    public Uri Address { get; }

    /// <summary>The full path at which the file is looked for.</summary>
    public string FilePath { get; }
}
