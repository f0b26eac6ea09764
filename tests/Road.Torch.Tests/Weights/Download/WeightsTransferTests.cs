using System.Globalization;
using Road.Torch.Weights.Download;

namespace Road.Torch.Tests.Weights.Download;

/// <summary>What becomes of a download when the server or the network misbehaves.</summary>
[TestClass]
public sealed class WeightsTransferTests
{
    private const int Mebibyte = 1 << 20;
    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(59);

    [TestMethod]
    public void AFileArrivesWholeIsReportedAndIsNotFetchedAgain()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content));
        List<WeightsDownloadProgress> told = [];
        fixture.Options.Progress = new Listener(told);

        fixture.AssertWhole(fixture.GetFrom(server));

        ServedRequest request = server.Requests.Single();
        Assert.AreEqual("/models/" + fixture.File.Name, request.Path);
        Assert.IsNull(request.Range);
        StringAssert.StartsWith(request.Headers["User-Agent"], "Road/");
        WeightsDownloadProgress[] reports = fixture.Reports;
        CollectionAssert.AreEqual(told, reports);
        Assert.AreEqual(
            new WeightsDownloadProgress(
                WeightsDownloadPhase.Completed,
                new Uri(server.Address, fixture.File.Name), fixture.FilePath, 300_000, 300_000), reports[^1]);
        Assert.IsTrue(reports[..^1].All(report => report.Phase == WeightsDownloadPhase.Downloading && report.TotalBytes == 300_000));
        Sequence.AreEqual(reports.Select(report => report.BytesReceived), [.. reports.Select(report => report.BytesReceived).Order()]);
        Assert.AreEqual(0, reports[0].BytesReceived);
        Assert.AreEqual(300_000, reports[^2].BytesReceived);
        Assert.IsLessThan(110, reports.Length);

        fixture.AssertWhole(fixture.GetFrom(server));
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    [DataRow("http://127.0.0.1:PORT/a/mirror")]
    [DataRow("http://127.0.0.1:PORT/a/mirror/")]
    public void TheBaseAddressNeedsNoSlashAtItsEnd(string address)
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content));
        fixture.Options.BaseAddress = new Uri(
            address.Replace("PORT", server.Address.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        fixture.AssertWhole(fixture.Get());
        Assert.AreEqual("/a/mirror/" + fixture.File.Name, server.Requests.Single().Path);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ABrokenConnectionIsResumed(bool resets)
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => request.Number == 0
            ? ServedAnswer.File(request, fixture.Content) with { FaultAt = 100_000, Fault = resets ? ServedFault.Reset : ServedFault.Close }
            : ServedAnswer.File(request, fixture.Content));

        fixture.AssertWhole(fixture.GetFrom(server));

        Assert.HasCount(2, server.Requests);
        WeightsDownloadProgress retry = fixture.Reports.Single(report => report.Phase == WeightsDownloadPhase.Retrying);
        StringAssert.Contains(retry.Failure, "the connection failed (");
        if (retry.BytesReceived > 0)
        {
            // A reset may drop what the client had not read yet.
            Assert.AreEqual($"bytes={retry.BytesReceived}-", server.Requests[1].Range);
            Assert.AreEqual("\"v1\"", server.Requests[1].IfRange);
        }

        if (!resets)
        {
            Assert.AreEqual(100_000, retry.BytesReceived);
        }
    }

    [TestMethod]
    [DataRow("Wed, 21 Oct 2015 07:28:00 GMT", null, "Wed, 21 Oct 2015 07:28:00 GMT")]
    [DataRow("Wed, 21 Oct 2015 07:28:00 GMT", "W/\"weak\"", "Wed, 21 Oct 2015 07:28:00 GMT")]
    [DataRow(null, "W/\"weak\"", null)]
    [DataRow(null, null, null)]
    public void OnlyWhatIdentifiesAVersionMakesACondition(string? modified, string? tag, string? condition)
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request =>
        {
            ServedAnswer whole = ServedAnswer.File(request, fixture.Content, request.Number == 0 ? tag : request.IfRange);
            if (modified is not null)
            {
                whole.Headers["Last-Modified"] = modified;
            }

            return request.Number == 0 ? whole with { FaultAt = 5_000 } : whole;
        });

        fixture.AssertWhole(fixture.GetFrom(server));

        Assert.AreEqual("bytes=5000-", server.Requests[1].Range);
        Assert.AreEqual(condition, server.Requests[1].IfRange);
    }

    [TestMethod]
    public void ALaterProcessGoesOnWhereAnEarlierOneFailed()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => request.Number == 0
            ? ServedAnswer.File(request, fixture.Content) with { FaultAt = 123_456 }
            : ServedAnswer.File(request, fixture.Content));
        fixture.Options.BaseAddress = server.Address;
        fixture.Options.Retries = 0;

        fixture.Fails("the connection failed (");
        Assert.AreEqual(123_456, new FileInfo(fixture.PartPath).Length);

        fixture.AssertWhole(fixture.Get());
        Assert.AreEqual("bytes=123456-", server.Requests[1].Range);
        Assert.AreEqual("\"v1\"", server.Requests[1].IfRange);
    }

    [TestMethod]
    public void BreaksThatBringTheFileOnDoNotCount()
    {
        using DownloadFixture fixture = new(5 * Mebibyte);
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content) with { FaultAt = Mebibyte });
        fixture.Options.Retries = 1;
        fixture.AssertWhole(fixture.GetFrom(server));
        Assert.HasCount(5, server.Requests);
    }

    [TestMethod]
    public void BreaksThatBringTheFileOnTooLittleDo()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content) with { FaultAt = 1_000 });
        fixture.Options.BaseAddress = server.Address;
        fixture.Options.Retries = 2;
        fixture.Fails("the connection failed (", "(3 attempts)");
        Assert.HasCount(3, server.Requests);
        Assert.AreEqual(3_000, new FileInfo(fixture.PartPath).Length);
    }

    [TestMethod]
    public void AServerThatIgnoresRangesAndBreaksEndsTheDownload()
    {
        using DownloadFixture fixture = new(4 * Mebibyte);
        using FaultyServer server = new(request => new ServedAnswer(200, fixture.Content) { FaultAt = 2 * Mebibyte });
        fixture.Options.BaseAddress = server.Address;
        fixture.Fails("the connection failed (");
        Assert.HasCount(4, server.Requests);
    }

    [TestMethod]
    public void AServerThatIgnoresRangesSendsTheFileAnew()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(
            request => new ServedAnswer(200, fixture.Content) { FaultAt = request.Number == 0 ? 100_000 : int.MaxValue });
        fixture.AssertWhole(fixture.GetFrom(server));
        Sequence.AreEqual(server.Requests.Select(request => request.Range), null, "bytes=100000-");
    }

    [TestMethod]
    public void AFileThatChangedMeanwhileIsFetchedAnew()
    {
        using DownloadFixture fixture = new();
        byte[] old = new byte[200_000];
        using FaultyServer server = new(request => request.Number == 0
            ? ServedAnswer.File(request, old) with { FaultAt = 100_000 }
            : ServedAnswer.File(request, fixture.Content, "\"v2\""));
        fixture.AssertWhole(fixture.GetFrom(server));
        Assert.HasCount(2, server.Requests);
    }

    [TestMethod]
    public void OldBytesThatNoServerVouchesForAreFoundAndFetchedAnew()
    {
        using DownloadFixture fixture = new();
        Directory.CreateDirectory(fixture.Options.Folder);
        File.WriteAllBytes(fixture.PartPath, new byte[1_000]);
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content, tag: null));
        fixture.AssertWhole(fixture.GetFrom(server));
        Sequence.AreEqual(server.Requests.Select(request => request.Range), "bytes=1000-", null);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(77)]
    public void APartOfTheFilesLengthOrMoreIsJudgedByItsChecksum(int excess)
    {
        using DownloadFixture fixture = new();
        Directory.CreateDirectory(fixture.Options.Folder);
        File.WriteAllBytes(fixture.PartPath, [.. fixture.Content, .. new byte[excess]]);
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content));
        fixture.AssertWhole(fixture.GetFrom(server));
        Assert.HasCount(excess == 0 ? 1 : 2, server.Requests);
    }

    [TestMethod]
    public void ARangeThatWasNotAskedForIsRefused()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => request.Number switch
        {
            0 => ServedAnswer.File(request, fixture.Content) with { FaultAt = 100_000 },
            1 => new ServedAnswer(206, fixture.Content[50_000..]) { Headers = new() { ["Content-Range"] = "bytes 50000-299999/300000" } },
            _ => ServedAnswer.File(request, fixture.Content),
        });
        fixture.AssertWhole(fixture.GetFrom(server));
        Sequence.AreEqual(server.Requests.Select(request => request.Range), null, "bytes=100000-", null);
        StringAssert.Contains(
            fixture.Reports.Last(report => report.Failure is not null).Failure, "follows byte 100000 and sent bytes 50000-299999/300000");
    }

    [TestMethod]
    public void ARangeThatEndsEarlyIsFollowedByTheNext()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => request.Number switch
        {
            0 => ServedAnswer.File(request, fixture.Content) with { FaultAt = 100_000 },
            1 => new ServedAnswer(206, fixture.Content[100_000..200_000])
            { Headers = new() { ["Content-Range"] = "bytes 100000-199999/300000" } },
            _ => ServedAnswer.File(request, fixture.Content),
        });
        fixture.AssertWhole(fixture.GetFrom(server));
        Sequence.AreEqual(server.Requests.Select(request => request.Range), null, "bytes=100000-", "bytes=200000-");
    }

    [TestMethod]
    public void WrongBytesAreTriedTwiceAndRefused()
    {
        using DownloadFixture fixture = new();
        byte[] wrong = [.. fixture.Content];
        wrong[250_000] ^= 1;
        using FaultyServer server = new(request => ServedAnswer.File(request, wrong));
        fixture.Options.BaseAddress = server.Address;
        fixture.Fails($"what the server sent is not {fixture.File.Name}: its SHA-256 is ", $", not {fixture.File.Sha256}");
        Assert.HasCount(2, server.Requests);
        Assert.IsFalse(File.Exists(fixture.PartPath));
    }

    [TestMethod]
    public void WrongBytesOnceAreFetchedAgain()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => ServedAnswer.File(request, request.Number == 0 ? new byte[10] : fixture.Content));
        fixture.AssertWhole(fixture.GetFrom(server));
    }

    [TestMethod]
    [DataRow(299_999)]
    [DataRow(1)]
    [DataRow(0)]
    public void AFileThatTheServerHasCutShortIsRefused(int length)
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => ServedAnswer.File(request, fixture.Content[..length]));
        fixture.Options.BaseAddress = server.Address;
        fixture.Fails("what the server sent is not");
    }

    [TestMethod]
    public void AStatedLengthThatIsTooLongIsFoundOut()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => request.Number == 0
            ? new ServedAnswer(200, fixture.Content) { Headers = new() { ["Content-Length"] = "300001" } }
            : ServedAnswer.File(request, fixture.Content));
        fixture.AssertWhole(fixture.GetFrom(server));
        Sequence.AreEqual(server.Requests.Select(request => request.Range), null, "bytes=300000-");
    }

    [TestMethod]
    public void AStatedLengthThatIsTooShortIsFoundOut()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(_ => new ServedAnswer(200, fixture.Content) { Headers = new() { ["Content-Length"] = "299999" } });
        fixture.Options.BaseAddress = server.Address;
        fixture.Fails("what the server sent is not");
    }

    [TestMethod]
    public void AFileOfUnstatedLengthIsJudgedByItsChecksum()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(
            request => new ServedAnswer(200, fixture.Content) { StatesLength = false, FaultAt = request.Number == 0 ? 100 : int.MaxValue });
        fixture.AssertWhole(fixture.GetFrom(server));
        Assert.IsTrue(
            fixture.Reports.Where(report => report.Phase == WeightsDownloadPhase.Downloading).All(report => report.TotalBytes is null));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AFileThatIsFarTooLongDoesNotFillTheDisk(bool statesLength)
    {
        using DownloadFixture fixture = new() { File = new PublishedFile("net.pth", new string('0', 64)) { LongestLength = 100_000 } };
        using FaultyServer server = new(_ => new ServedAnswer(200, fixture.Content) { StatesLength = statesLength });
        fixture.Options.BaseAddress = server.Address;
        fixture.Fails("the server has more than the 100,000 bytes");
        Assert.HasCount(1, server.Requests);
        Assert.IsLessThanOrEqualTo(statesLength ? 0 : 300_000, new FileInfo(fixture.PartPath).Length);
    }

    [TestMethod]
    [DataRow(301)]
    [DataRow(302)]
    [DataRow(307)]
    public void RedirectionsAreFollowedWithTheirRange(int status)
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => request switch
        {
            { Path: var path } when path.StartsWith("/models/", StringComparison.Ordinal) =>
                new ServedAnswer(status, []) { Headers = new() { ["Location"] = "/elsewhere" } },
            { Number: 1 } => ServedAnswer.File(request, fixture.Content) with { FaultAt = 70_000 },
            _ => ServedAnswer.File(request, fixture.Content),
        });
        fixture.AssertWhole(fixture.GetFrom(server));
        Sequence.AreEqual(server.Requests.Select(request => request.Range), null, null, "bytes=70000-", "bytes=70000-");
        Assert.AreEqual("\"v1\"", server.Requests[3].IfRange);
    }

    [TestMethod]
    public void RedirectionsInACircleEnd()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => new ServedAnswer(302, []) { Headers = new() { ["Location"] = request.Path } });
        fixture.Options.BaseAddress = server.Address;
        fixture.Fails("the server answered 302");
    }

    [TestMethod]
    [DataRow(404, "404 (NotFound)")]
    [DataRow(403, "403 (Forbidden)")]
    [DataRow(204, "204 (NoContent)")]
    [DataRow(206, "206 (PartialContent)")]
    [DataRow(416, "416 (RequestedRangeNotSatisfiable)")]
    public void AnAnswerThatWillNotChangeEndsTheDownloadAtOnce(int status, string message)
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(_ => new ServedAnswer(status, []));
        fixture.Options.BaseAddress = server.Address;
        fixture.Fails("the server answered " + message);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    [DataRow(500)]
    [DataRow(503)]
    [DataRow(429)]
    [DataRow(408)]
    public void AnAnswerThatMayChangeIsAskedForAgain(int status)
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(
            request => request.Number < 3 ? new ServedAnswer(status, "busy"u8.ToArray()) : ServedAnswer.File(request, fixture.Content));
        fixture.AssertWhole(fixture.GetFrom(server));
        Assert.HasCount(4, server.Requests);
    }

    [TestMethod]
    public void AServerThatAlwaysFailsEndsTheDownload()
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(_ => new ServedAnswer(500, []));
        fixture.Options.BaseAddress = server.Address;
        fixture.Fails("the server answered 500 (InternalServerError) (4 attempts)");
        Assert.HasCount(4, server.Requests);
        Assert.AreEqual(3, fixture.Reports.Count(report => report.Phase == WeightsDownloadPhase.Retrying));
    }

    [TestMethod]
    public void TheDelayThatAServerAsksForIsKept()
    {
        ManualTime time = new(delay => delay != StallTimeout);
        using DownloadFixture fixture = new() { Time = time };
        using FaultyServer server = new(request => request.Number == 0
            ? new ServedAnswer(503, []) { Headers = new() { ["Retry-After"] = "7" } }
            : ServedAnswer.File(request, fixture.Content));
        fixture.Options.StallTimeout = StallTimeout;
        fixture.AssertWhole(fixture.GetFrom(server));
        Sequence.AreEqual(Delays(time), TimeSpan.FromSeconds(7));
    }

    [TestMethod]
    public void DelaysDouble()
    {
        ManualTime time = new(delay => delay != StallTimeout);
        using DownloadFixture fixture = new() { Time = time };
        fixture.Options.BaseAddress = FaultyServer.DeadAddress();
        fixture.Options.StallTimeout = StallTimeout;
        fixture.Options.RetryDelay = TimeSpan.FromSeconds(4);
        fixture.Options.Retries = 5;
        fixture.Fails("the connection failed (");
        Sequence.AreEqual(Delays(time).Select(delay => delay.TotalSeconds), 4, 8, 16, 30, 30);
    }

    [TestMethod]
    [DataRow(-1, DisplayName = "before the headers")]
    [DataRow(0, DisplayName = "after the headers")]
    [DataRow(100_000, DisplayName = "in the body")]
    public void AServerThatStallsIsAskedAgain(int after)
    {
        // Time is up once, when all has come that comes: only then does the client wait in vain.
        string part = string.Empty;
        bool isUp = false;
        ManualTime time = new(_ => after >= 0 && !isUp && (isUp = File.Exists(part) && new FileInfo(part).Length == after));
        using DownloadFixture fixture = new() { Time = time };
        part = fixture.PartPath;
        using FaultyServer server = new(request =>
        {
            if (request.Number > 0)
            {
                return ServedAnswer.File(request, fixture.Content);
            }

            if (after < 0)
            {
                time.Elapse();
            }

            return ServedAnswer.File(request, fixture.Content) with { FaultAt = after, Fault = ServedFault.Stall };
        });
        fixture.AssertWhole(fixture.GetFrom(server));
        Assert.AreEqual(after > 0 ? $"bytes={after}-" : null, server.Requests[1].Range);
        Assert.AreEqual("the server sent nothing for 30 seconds", fixture.Reports.First(report => report.Failure is not null).Failure);
    }

    [TestMethod]
    public void AServerThatAlwaysStallsEndsTheDownload()
    {
        string part = string.Empty;
        using DownloadFixture fixture = new() { Time = new ManualTime(_ => File.Exists(part) && new FileInfo(part).Length == 10) };
        part = fixture.PartPath;
        fixture.Options.StallTimeout = TimeSpan.FromMilliseconds(200);
        fixture.Options.Retries = 1;
        using FaultyServer server = new(
            request => ServedAnswer.File(request, fixture.Content) with { FaultAt = 10, Fault = ServedFault.Stall });
        fixture.Options.BaseAddress = server.Address;
        fixture.Fails("the server sent nothing for 0.2 seconds (2 attempts)");
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(100_000)]
    public async Task CancellationEndsAStalledDownloadAndKeepsWhatCame(int after)
    {
        using DownloadFixture fixture = new();
        using FaultyServer server = new(request => request.Number == 0
            ? ServedAnswer.File(request, fixture.Content) with { FaultAt = after, Fault = ServedFault.Stall }
            : ServedAnswer.File(request, fixture.Content));
        fixture.Options.BaseAddress = server.Address;
        using CancellationTokenSource source = new();

        Task<string> download = Task.Run(() => fixture.Get(source.Token));
        await (after > 0 ? fixture.UntilThereAreAsync(after) : server.UntilAskedAsync());

        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => download.WaitAsync(Patience.Limit));

        Assert.IsFalse(File.Exists(fixture.FilePath));
        fixture.AssertWhole(fixture.Get());
        Assert.AreEqual(after > 0 ? $"bytes={after}-" : null, server.Requests[1].Range);
    }

    [TestMethod]
    public void CancellationEndsTheDelayBetweenAttempts()
    {
        using DownloadFixture fixture = new();
        fixture.Options.RetryDelay = TimeSpan.FromMinutes(1);
        fixture.Options.BaseAddress = FaultyServer.DeadAddress();
        using CancellationTokenSource source = new();
        fixture.Options.Progress = new Cancelling(source);
        Assert.Throws<OperationCanceledException>(() => fixture.Get(source.Token));
        Assert.Throws<OperationCanceledException>(() => fixture.Get(source.Token));
    }

    private static IEnumerable<TimeSpan> Delays(ManualTime time) => time.Times.Where(set => set != StallTimeout);

    private sealed class Listener(List<WeightsDownloadProgress> reports) : IProgress<WeightsDownloadProgress>
    {
        public void Report(WeightsDownloadProgress value) => reports.Add(value);
    }

    private sealed class Cancelling(CancellationTokenSource source) : IProgress<WeightsDownloadProgress>
    {
        public void Report(WeightsDownloadProgress value) => source.Cancel();
    }
}
