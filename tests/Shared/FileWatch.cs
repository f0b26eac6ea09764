namespace Road.Tests;

/// <summary>Waits for what another process makes of a file.</summary>
internal static class FileWatch
{
    /// <summary>Waits until a file satisfies a condition, asking whenever something in its folder, which must exist, changes.</summary>
    public static async Task UntilAsync(string path, Predicate<FileInfo> condition, CancellationToken cancellationToken = default)
    {
        TaskCompletionSource satisfied = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using FileSystemWatcher watcher = new(Path.GetDirectoryName(path)!)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        watcher.Created += (_, _) => Ask();
        watcher.Changed += (_, _) => Ask();
        watcher.Renamed += (_, _) => Ask();
        watcher.Error += (_, _) => Ask();
        watcher.EnableRaisingEvents = true;

        // What happened before the watch began raises nothing.
        Ask();
        await satisfied.Task.WaitAsync(Patience.Limit, cancellationToken);

        void Ask()
        {
            if (condition(new FileInfo(path)))
            {
                satisfied.TrySetResult();
            }
        }
    }
}
