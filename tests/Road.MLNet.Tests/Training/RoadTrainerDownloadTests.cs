using System.Collections.Concurrent;
using System.Net;
using Microsoft.ML;
using Road.MLNet.Data;
using Road.Torch.Networks;
using Road.Torch.Weights;
using Road.Torch.Weights.Download;

namespace Road.MLNet.Tests.Training;

/// <summary>Trainings that start from published weights; nothing here leaves the machine.</summary>
[TestClass]
public sealed class RoadTrainerDownloadTests
{
    private readonly MLContext _ml = new(1);
    private readonly ConcurrentQueue<string> _messages = [];

    [TestInitialize]
    public void Listen() => _ml.Log += (_, message) =>
    {
        if (message.Source.Contains("RoadTrainer", StringComparison.Ordinal))
        {
            _messages.Enqueue(message.RawMessage);
        }
    };

    [TestMethod]
    public void OfflineTheErrorSaysWhichFileToFetchAndWhereToPutIt()
    {
        using var folders = new TrainingFolders();
        WeightsDownloadOptions download =
            new() { Folder = folders.Combine("cache"), BaseAddress = new Uri("https://mirror.example/"), Offline = true };
        WeightsDownloadException error = Assert.ThrowsExactly<WeightsDownloadException>(() => Fit(folders, download));
        TrainerFixture.AssertMessage(
            error, "offline",
            $"fetch https://mirror.example/squeezenet1_1-b8a52dc0.pth and save it as "
            + $"'{Path.Combine(folders.Combine("cache"), "squeezenet1_1-b8a52dc0.pth")}'.");
    }

    [TestMethod]
    public void ADownloadIsLoggedAndWrongWeightsAreRefused()
    {
        using var folders = new TrainingFolders();
        using HttpListener server = Serve(new byte[4_000_000], out Uri address);
        WeightsDownloadOptions download =
            new() { Folder = folders.Combine("cache"), BaseAddress = address, Offline = false, RetryDelay = TimeSpan.Zero };

        WeightsDownloadException error = Assert.ThrowsExactly<WeightsDownloadException>(() => Fit(folders, download));

        TrainerFixture.AssertMessage(error, "what the server sent is not squeezenet1_1-b8a52dc0.pth", "its SHA-256 is");
        string path = Path.Combine(folders.Combine("cache"), "squeezenet1_1-b8a52dc0.pth");
        string[] log = [.. _messages.Where(message => message.Contains("squeezenet1_1-b8a52dc0.pth", StringComparison.Ordinal))];
        Assert.AreEqual($"Downloading {address}squeezenet1_1-b8a52dc0.pth to '{path}'.", log[0]);
        for (int quarter = 1; quarter <= 3; quarter++)
        {
            // A quarter is reported with the piece that ends it, and how large pieces are is the network's affair.
            StringAssert.Matches(log[quarter], new($"^squeezenet1_1-b8a52dc0\\.pth: {quarter}\\.\\d MB of 4\\.0 MB\\.$"));
        }

        StringAssert.StartsWith(log[4], "squeezenet1_1-b8a52dc0.pth: what the server sent is not", StringComparison.Ordinal);
        Assert.HasCount(5, log);
    }

    [TestMethod]
    public async Task TheOptionsTokenEndsADownload()
    {
        using var folders = new TrainingFolders();
        using HttpListener silent = new();
        Uri address = Start(silent);
        using CancellationTokenSource source = new();
        Task asked = CancelOnceAskedAsync(silent, source);
        WeightsDownloadOptions download = new() { Folder = folders.Combine("cache"), BaseAddress = address, Offline = false };
        Assert.Throws<OperationCanceledException>(() => Fit(folders, download, source.Token));
        await asked.WaitAsync(Patience.Limit);
    }

    [TestMethod]
    public void ABackboneWithoutPublishedWeightsIsNamed()
    {
        using var folders = new TrainingFolders();
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.BackboneWeights = BackboneWeights.ImageNet;
        NotSupportedException error = Assert.ThrowsExactly<NotSupportedException>(
            () => _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(_ml)));
        TrainerFixture.AssertMessage(error, "no published ImageNet weights of the backbone 'recording'");
    }

    [TestMethod]
    public void EveryTurnOfADownloadIsLoggedInALine()
    {
        Uri address = new("https://mirror.example/net.pth");
        string path = Path.Combine("cache", "net.pth");
        using (Microsoft.ML.Runtime.IChannel channel = ((Microsoft.ML.Runtime.IHostEnvironment)_ml).Register(
            "RoadTrainer").Start("Training"))
        {
            ChannelDownloadProgress progress = new(channel);
            progress.Report(new(WeightsDownloadPhase.Waiting, address, path, 0, null));
            foreach (long received in (long[])[26_000_000, 49_000_000, 50_000_000, 60_000_000])
            {
                progress.Report(new(WeightsDownloadPhase.Downloading, address, path, received, 100_000_000));
            }

            progress.Report(new(WeightsDownloadPhase.Retrying, address, path, 60_000_000, null, "the server sent nothing"));
            foreach (long received in (long[])[60_000_000, 76_000_000, 100_000_000])
            {
                progress.Report(new(WeightsDownloadPhase.Downloading, address, path, received, 100_000_000));
            }

            progress.Report(new(WeightsDownloadPhase.Completed, address, path, 100_000_000, 100_000_000));
        }

        CollectionAssert.AreEqual(
            new[]
            {
                "Another process downloads net.pth; waiting for it.",
                $"Downloading https://mirror.example/net.pth to '{path}', going on from 26.0 MB.",
                "net.pth: 50.0 MB of 100.0 MB.",
                "net.pth: the server sent nothing; trying again from 60.0 MB.",
                "net.pth: 76.0 MB of 100.0 MB.",
                "net.pth is complete, its checksum right.",
            },
            _messages.Where(message => message.Contains("net.pth", StringComparison.Ordinal)).ToArray());
    }

    private void Fit(TrainingFolders folders, WeightsDownloadOptions download, CancellationToken cancellationToken = default)
    {
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Network = new DeepLabV2Factory { BackboneName = "squeezenet1_1" };
        options.BackboneWeights = BackboneWeights.ImageNetWith(download);
        options.CancellationToken = cancellationToken;
        _ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Both(_ml)).Dispose();
    }

    private static async Task CancelOnceAskedAsync(HttpListener listener, CancellationTokenSource source)
    {
        await listener.GetContextAsync();
        await source.CancelAsync();
    }

    private static HttpListener Serve(byte[] content, out Uri address)
    {
        HttpListener listener = new();
        address = Start(listener);
        _ = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    HttpListenerContext context = await listener.GetContextAsync();
                    context.Response.ContentLength64 = content.Length;
                    await context.Response.OutputStream.WriteAsync(content);
                    context.Response.Close();
                }
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        });
        return listener;
    }

    private static Uri Start(HttpListener listener)
    {
        using (System.Net.Sockets.TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            listener.Prefixes.Add($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }

        listener.Start();
        return new Uri(listener.Prefixes.Single());
    }
}
