using System.Globalization;
using Road.Torch.Weights.Download;

namespace Road.Torch.Training;

/// <summary>
/// Keeps a second training out of a folder of checkpoints while one is at work there. The system lets go of it when the process ends, in
/// whatever way; both files go with the training, and those of one that was killed with the next.
/// </summary>
internal sealed class CheckpointLock : IDisposable
{
    private const string LockName = "checkpoint.lock";
    private const string HolderName = "checkpoint.holder";

    private readonly FileStream _file;
    private readonly string _holderFile;

    private CheckpointLock(FileStream file, string holderFile)
    {
        _file = file;
        _holderFile = holderFile;
    }

    /// <summary>Takes a folder for a training.</summary>
    /// <param name="directory">The folder; it is made where it is not there.</param>
    /// <exception cref="IOException">Another training has it; the message says which.</exception>
    public static CheckpointLock Take(string directory)
    {
        string folder = Directory.CreateDirectory(directory).FullName;

        // Who holds a locked file cannot be read in it.
        string holderFile = Path.Combine(folder, HolderName);
        FileStream file;
        try
        {
            string lockFile = Path.Combine(folder, LockName);
            file = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (FileLock.IsHeld(error))
        {
            string holder = File.Exists(holderFile) ? $" ({File.ReadAllText(holderFile).TrimEnd()})" : string.Empty;
            throw new IOException(
                $"Another training{holder} keeps its state in '{directory}'. "
                + $"Wait for its end, or give another {nameof(RoadTrainingOptions.CheckpointDirectory)}.",
                error);
        }

        try
        {
            File.WriteAllText(holderFile, string.Create(
                CultureInfo.InvariantCulture,
                $"process {Environment.ProcessId} on {Environment.MachineName}, since {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC\n"));
            return new CheckpointLock(file, holderFile);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        File.Delete(_holderFile);
        _file.Dispose();
    }
}
