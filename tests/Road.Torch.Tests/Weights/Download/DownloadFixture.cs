using System.Security.Cryptography;
using Road.Torch.Weights.Download;

namespace Road.Torch.Tests.Weights.Download;

/// <summary>A file to download, a folder for it, and what was reported.</summary>
internal sealed class DownloadFixture : IDisposable, IProgress<WeightsDownloadProgress>
{
    private readonly TemporaryFolder _temporary = new();
    private readonly Recorded<WeightsDownloadProgress> _reports = new();

    public DownloadFixture(int length = 300_000)
    {
        Content = new byte[length];
        new Random(length).NextBytes(Content);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Content));
        File = new PublishedFile($"net-{digest[..8]}.pth", digest);
        Options = new WeightsDownloadOptions
        {
            Folder = Path.Combine(_temporary.Path, "cache"),
            BaseAddress = new Uri("http://127.0.0.1:1/"),
            Offline = false,
            RetryDelay = TimeSpan.Zero,
        };
    }

    public byte[] Content { get; }

    public PublishedFile File { get; init; }

    public WeightsDownloadOptions Options { get; }

    public WeightsDownloadProgress[] Reports => _reports.Items;

    /// <summary>The clock of delays and of stalls; the machine's own unless set.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string FilePath => Path.Combine(Options.Folder, File.Name);

    public string PartPath => FilePath + ".part";

    public void Report(WeightsDownloadProgress value) => _reports.Add(value);

    /// <summary>Waits until a phase is reported.</summary>
    public Task UntilAsync(WeightsDownloadPhase phase) => _reports.UntilAsync(all => all.Any(report => report.Phase == phase));

    /// <summary>Waits until so many bytes have come.</summary>
    public Task UntilThereAreAsync(long bytes)
    {
        Directory.CreateDirectory(Options.Folder);
        return FileWatch.UntilAsync(PartPath, file => file.Exists && file.Length == bytes);
    }

    public string Get(CancellationToken cancellationToken = default) => new WeightsCache(Options, this, Time).Get(File, cancellationToken);

    public string GetFrom(FaultyServer server)
    {
        Options.BaseAddress = server.Address;
        return Get();
    }

    /// <summary>
    /// Asserts that the download fails, leaving nothing in the file's place, with a message of one line that says what to do.
    /// </summary>
    public WeightsDownloadException Fails(params string[] parts)
    {
        WeightsDownloadException error = Assert.ThrowsExactly<WeightsDownloadException>(() => Get());
        Assert.IsFalse(System.IO.File.Exists(FilePath));
        AssertMessage(error, parts);
        return error;
    }

    public void AssertMessage(WeightsDownloadException error, params string[] parts)
    {
        Uri address = new($"{Options.BaseAddress.AbsoluteUri.TrimEnd('/')}/{File.Name}");
        foreach (string part in parts.Append($"fetch {address.AbsoluteUri} and save it as '{FilePath}'."))
        {
            StringAssert.Contains(error.Message, part);
        }

        Assert.IsFalse(error.Message.Contains('\n', StringComparison.Ordinal));
        Assert.AreEqual(address, error.Address);
        Assert.AreEqual(FilePath, error.FilePath);
    }

    /// <summary>Asserts that the file is whole in its place, with nothing but its lock beside it.</summary>
    public void AssertWhole(string path)
    {
        Assert.AreEqual(FilePath, path);
        CollectionAssert.AreEqual(Content, System.IO.File.ReadAllBytes(path));
        CollectionAssert.AreEquivalent(
            new[] { path, path + ".lock" }, Directory.GetFiles(Options.Folder));
    }

    public void Dispose() => _temporary.Dispose();
}
