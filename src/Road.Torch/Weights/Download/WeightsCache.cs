using System.Globalization;

namespace Road.Torch.Weights.Download;

/// <summary>
/// The folder of downloaded weights. A file there is used only if its checksum is right, which is looked at on every
/// load: half a gigabyte takes a second or less, and a training takes hours. A file comes into its place by a rename,
/// so that what others see is whole.
/// </summary>
internal sealed class WeightsCache(WeightsDownloadOptions options, IProgress<WeightsDownloadProgress>? progress, TimeProvider time)
{
    // A second download of other bytes is no accident of the network.
    private const int MostMismatches = 2;
    private const long Advance = 1L << 20;
    private const long ReportInterval = 4L << 20;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>Gives the path of a file, which is downloaded where it is not there, or is damaged.</summary>
    /// <exception cref="WeightsDownloadException">It is not there and cannot be downloaded.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public string Get(PublishedFile file, CancellationToken cancellationToken)
    {
        string folder = options.Folder;
        string path = Path.Combine(folder, file.Name);
        Uri address = AddressOf(file);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool exists = File.Exists(path);
            if (exists && file.Matches(path))
            {
                return path;
            }

            if (options.Offline)
            {
                throw new WeightsDownloadException(
                    exists ? $"'{path}' is damaged, and nothing is downloaded offline"
                        : $"'{path}' is not there, and nothing is downloaded offline", address, path);
            }

            Directory.CreateDirectory(folder);
            using FileLock held = FileLock.Take(
                path + ".lock", () => Report(new(WeightsDownloadPhase.Waiting, address, path, 0, null)), cancellationToken);
            if (!File.Exists(path) || !file.Matches(path))
            {
                // The caller's thread may have a synchronisation context, which blocking would keep from going on.
                Task.Run(() => DownloadAsync(file, address, path, cancellationToken), CancellationToken.None).GetAwaiter().GetResult();
            }

            return path;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException and not WeightsDownloadException)
        {
            throw new WeightsDownloadException(
                $"'{folder}' cannot be used as the folder of weights ({error.Message.TrimEnd('.')})", address, path, error);
        }
    }

    private Uri AddressOf(PublishedFile file)
    {
        UriBuilder address = new(options.BaseAddress);
        address.Path = address.Path.TrimEnd('/') + "/" + file.Name;
        return address.Uri;
    }

    private async Task DownloadAsync(PublishedFile file, Uri address, string path, CancellationToken cancellationToken)
    {
        using FileTransfer transfer = new(options.StallTimeout, file.LongestLength, time);
        PartialFile part = new(path);
        long furthest = part.Length;
        int failures = 0;
        int mismatches = 0;
        while (true)
        {
            TransferException failure;
            try
            {
                await transfer.RunAsync(address, part, ReceivedReport(address, path), cancellationToken).ConfigureAwait(false);
                string digest = part.Length > 0 ? PublishedFile.Digest(part.Path) : "that of no bytes";
                if (digest == file.Sha256)
                {
                    long length = part.Length;
                    part.Complete();
                    Report(new(WeightsDownloadPhase.Completed, address, path, length, length));
                    return;
                }

                part.Discard();
                failure = new TransferException(
                    $"what the server sent is not {file.Name}: its SHA-256 is {digest}, not {file.Sha256}",
                    isTransient: ++mismatches < MostMismatches);
            }
            catch (TransferException error)
            {
                failure = error;
            }

            bool advanced = part.Length >= furthest + Advance;
            furthest = Math.Max(furthest, part.Length);
            failures = advanced ? 1 : failures + 1;
            if (!failure.IsTransient || failures > options.Retries)
            {
                throw new WeightsDownloadException(Describe(failure, failures), address, path, failure);
            }

            Report(new(WeightsDownloadPhase.Retrying, address, path, part.Length, null, failure.Message));
            await Task.Delay(DelayAfter(failure, failures), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Describe(TransferException failure, int failures) =>
        failures == 1 ? failure.Message : string.Create(CultureInfo.InvariantCulture, $"{failure.Message} ({failures} attempts)");

    private TimeSpan DelayAfter(TransferException failure, int failures)
    {
        TimeSpan delay = options.RetryDelay * Math.Pow(2, failures - 1);
        delay = delay < LongestDelay ? delay : LongestDelay;
        TimeSpan asked = failure.RetryAfter ?? TimeSpan.Zero;
        asked = asked < LongestRetryAfter ? asked : LongestRetryAfter;
        return asked > delay ? asked : delay;
    }

    /// <summary>Reports the first piece, the last one, and those between that make a difference.</summary>
    private Action<long, long?> ReceivedReport(Uri address, string path)
    {
        long next = 0;
        return (received, total) =>
        {
            if (received >= next || received == total)
            {
                next = received + Math.Max(1, (total ?? (100 * ReportInterval)) / 100);
                Report(new(WeightsDownloadPhase.Downloading, address, path, received, total));
            }
        };
    }

    private void Report(WeightsDownloadProgress value)
    {
        options.Progress?.Report(value);
        progress?.Report(value);
    }
}
