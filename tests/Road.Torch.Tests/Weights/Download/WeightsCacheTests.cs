using System.Diagnostics;
using Road.Torch.Weights.Download;

namespace Road.Torch.Tests.Weights.Download;

/// <summary>The folder of downloaded files: what is used, what is replaced, and who may write.</summary>
[TestClass]
public sealed class WeightsCacheTests
{
    [TestMethod]
    public void OfflineAFileThatIsThereIsUsedAndNoneIsFetched()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content));
        fixture.Options.BaseAddress = server.Address;
        fixture.Options.Offline = true;

        fixture.Fails($"'{fixture.FilePath}' is not there, and nothing is downloaded offline");
        Assert.IsFalse(Directory.Exists(fixture.Options.Folder));

        Directory.CreateDirectory(fixture.Options.Folder);
        File.WriteAllBytes(fixture.FilePath, fixture.Content);
        Assert.AreEqual(fixture.FilePath, fixture.Get());
        Sequence.AreEqual(Directory.GetFiles(fixture.Options.Folder), fixture.FilePath);

        File.WriteAllBytes(fixture.FilePath, fixture.Content[..^1]);
        fixture.AssertMessage(
            Assert.ThrowsExactly<WeightsDownloadException>(
                () => fixture.Get()), $"'{fixture.FilePath}' is damaged, and nothing is downloaded offline");
        Assert.IsEmpty(server.Requests);
        Assert.IsEmpty(fixture.Reports);
    }

    [TestMethod]
    [DataRow("short")]
    [DataRow("flipped")]
    [DataRow("empty")]
    public void ADamagedFileIsFetchedAnewEvenAfterItWasUsed(string damage)
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content));
        fixture.AssertWhole(fixture.GetFrom(server));
        byte[] damaged = damage switch
        {
            "short" => fixture.Content[..^1],
            "empty" => [],
            _ => [.. fixture.Content],
        };
        if (damage == "flipped")
        {
            damaged[5] ^= 0x80;
        }

        File.WriteAllBytes(fixture.FilePath, damaged);
        fixture.AssertWhole(fixture.GetFrom(server));
        Assert.HasCount(2, server.Requests);
    }

    [TestMethod]
    public void AFailedReplacementLeavesTheDamagedFileUnused()
    {
        using DownloadFixture fixture = new();
        Directory.CreateDirectory(fixture.Options.Folder);
        File.WriteAllText(fixture.FilePath, "damaged");
        using FaultyServer server = new(_ => new ServedAnswer(404, []));
        fixture.Options.BaseAddress = server.Address;
        fixture.AssertMessage(Assert.ThrowsExactly<WeightsDownloadException>(() => fixture.Get()), "404");
        Assert.AreEqual("damaged", File.ReadAllText(fixture.FilePath));
    }

    [TestMethod]
    public void AFolderThatCannotBeIsNamed()
    {
        using DownloadFixture fixture = new();
        File.WriteAllText(fixture.Options.Folder, "a file");
        fixture.Fails($"'{fixture.Options.Folder}' cannot be used as the folder of weights (");
    }

    [TestMethod]
    public void AFolderInTheFilesPlaceIsNamed()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content));
        fixture.Options.BaseAddress = server.Address;
        Directory.CreateDirectory(Path.Combine(fixture.FilePath, "inside"));
        fixture.Fails($"'{fixture.Options.Folder}' cannot be used as the folder of weights (");
    }

    [TestMethod]
    public async Task OfTwoAtOnceOneDownloadsAndTheOtherWaits()
    {
        using DownloadFixture fixture = new();
        using ManualResetEventSlim release = new();
        using FaultyServer server = new(request =>
        {
            release.Wait(Patience.Limit);
            return ServedAnswer.File(request, fixture.Content);
        });
        fixture.Options.BaseAddress = server.Address;

        Task<string>[] both = [Task.Run(() => fixture.Get()), Task.Run(() => fixture.Get())];
        await Task.WhenAll(server.UntilAskedAsync(), fixture.UntilAsync(WeightsDownloadPhase.Waiting));
        release.Set();
        foreach (string path in await Task.WhenAll(both))
        {
            fixture.AssertWhole(path);
        }

        Assert.HasCount(1, server.Requests);
        Assert.AreEqual(1, fixture.Reports.Count(report => report.Phase == WeightsDownloadPhase.Waiting));
    }

    [TestMethod]
    public async Task AWaitCanBeCancelled()
    {
        using DownloadFixture fixture = new();
        Directory.CreateDirectory(fixture.Options.Folder);
        using FileLock held = FileLock.Take(fixture.FilePath + ".lock", () => Assert.Fail(), CancellationToken.None);
        using CancellationTokenSource source = new();
        Task<string> waiting = Task.Run(() => fixture.Get(source.Token));
        await fixture.UntilAsync(WeightsDownloadPhase.Waiting);
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience.Limit));
    }

    [TestMethod]
    public void ALockThatNobodyMayTakeIsNoEndlessWait()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["lock"]);
        Assert.Throws<Exception>(() => FileLock.Take(folder["lock"], () => Assert.Fail(), CancellationToken.None));
        Assert.Throws<IOException>(() => FileLock.Take(folder["absent/lock"], () => Assert.Fail(), CancellationToken.None));
    }

    [TestMethod]
    public async Task OfTwoProcessesAtOnceOneDownloadsAndTheOtherUsesItsFile()
    {
        using DownloadFixture fixture = new();
        using ManualResetEventSlim release = new();
        using FaultyServer server = new(request =>
        {
            release.Wait(Patience.Limit);
            return ServedAnswer.File(request, fixture.Content);
        });
        fixture.Options.BaseAddress = server.Address;

        using Process first = StartDownloader(fixture);
        await server.UntilAskedAsync();
        Task<string> second = Task.Run(() => fixture.Get());
        await fixture.UntilAsync(WeightsDownloadPhase.Waiting);
        release.Set();

        fixture.AssertWhole(await second);
        string printed = await first.StandardOutput.ReadToEndAsync();
        await first.WaitForExitAsync();
        Assert.AreEqual(0, first.ExitCode);
        StringAssert.Contains(printed, nameof(WeightsDownloadPhase.Completed));
        StringAssert.Contains(printed, fixture.FilePath);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public async Task AProcessThatDiesLeavesItsLockAndItsBytesToTheNext()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => request.Number == 0
            ? ServedAnswer.File(request, fixture.Content) with { FaultAt = 200_000, Fault = ServedFault.Stall }
            : ServedAnswer.File(request, fixture.Content));
        fixture.Options.BaseAddress = server.Address;

        using Process first = StartDownloader(fixture);
        await fixture.UntilThereAreAsync(200_000);
        Task<string> second = Task.Run(() => fixture.Get());
        await fixture.UntilAsync(WeightsDownloadPhase.Waiting);
        first.Kill();

        fixture.AssertWhole(await second);
        Sequence.AreEqual(server.Requests.Select(request => request.Range), null, "bytes=200000-");
    }

    private static Process StartDownloader(DownloadFixture fixture)
    {
        string program = Path.Combine(
            AppContext.BaseDirectory.Replace(
                "Road.Torch.Tests", "Road.Torch.Tests.Downloader", StringComparison.Ordinal), "Road.Torch.Tests.Downloader.dll");
        return Process.Start(new ProcessStartInfo(
            "dotnet", [program, fixture.Options.Folder, fixture.Options.BaseAddress.AbsoluteUri, fixture.File.Name, fixture.File.Sha256])
        {
            RedirectStandardOutput = true,
        })!;
    }
}
