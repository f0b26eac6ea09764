using Road.Torch.Weights.Download;

// Gets a file from a base address into a cache folder, in a process of its own:
//     <folder> <base address> <file name> <SHA-256>
WeightsDownloadOptions options = new()
{
    Folder = args[0],
    BaseAddress = new Uri(args[1]),
    Offline = false,
};
WeightsCache cache = new(options, new ConsoleProgress(), TimeProvider.System);
Console.WriteLine(cache.Get(new PublishedFile(args[2], args[3]), CancellationToken.None));

internal sealed class ConsoleProgress : IProgress<WeightsDownloadProgress>
{
    public void Report(WeightsDownloadProgress value) => Console.WriteLine(value.Phase);
}
