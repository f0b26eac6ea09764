namespace Road.Torch.Weights.Download;

/// <summary>
/// A lock that one holder has at a time, among all threads and processes. The operating system frees it when its
/// process ends, in whatever way. The file of the lock stays: if it were deleted, two could hold locks of the same name.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int LinuxWouldBlock = 11;
    private const int MacOSWouldBlock = 35;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly FileStream _file;

    private FileLock(FileStream file)
    {
        _file = file;
    }

    /// <summary>Takes the lock, waiting as long as another holds it.</summary>
    /// <param name="path">The file of the lock; it is created where it is absent.</param>
    /// <param name="waiting">Is called once if there is anything to wait for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static FileLock Take(string path, Action waiting, CancellationToken cancellationToken)
    {
        bool isWaiting = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
            }
            catch (IOException error) when (IsHeld(error))
            {
                if (!isWaiting)
                {
                    isWaiting = true;
                    waiting();
                }
            }

            cancellationToken.WaitHandle.WaitOne(Poll);
        }
    }

    /// <summary>Whether a file cannot be opened since another holds it.</summary>
    public static bool IsHeld(IOException error) => error.HResult is WindowsSharingViolation or LinuxWouldBlock or MacOSWouldBlock;

    public void Dispose() => _file.Dispose();
}
