using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using SkiaSharp;
using WebDemo.Segmentation;
using WebDemo.Serving;

namespace Road.WebDemo.Tests;

[TestClass]
public sealed class SegmentTests
{
    private static readonly byte[] Photo = TestPictures.Quarters(16, 8);

    [TestMethod]
    public async Task JsonHasTheClassesWithTheirShares()
    {
        await using TestServer server = await TestServer.StartAsync(new BrightnessSegmenter());

        using HttpResponseMessage response = await server.SegmentAsync(Photo, query: "?pixels=true");

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.AreEqual((16, 8), (answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32()));
        JsonElement sky = answer.GetProperty("classes")[1];
        Assert.AreEqual("sky", sky.GetProperty("name").GetString());
        Assert.AreEqual("#4682b4", sky.GetProperty("color").GetString());
        Assert.AreEqual(0.5, sky.GetProperty("share").GetDouble());
        Assert.AreEqual(200 / 255.0, sky.GetProperty("confidence").GetDouble(), 1e-9);
        using SKBitmap pixels = SKBitmap.Decode(answer.GetProperty("pixels").GetBytesFromBase64());
        Assert.AreEqual(new SKColor(0, 80, 0), pixels.GetPixel(12, 1));
        Assert.AreEqual(new SKColor(1, 160, 0), pixels.GetPixel(1, 6));
    }

    [TestMethod]
    public async Task AMaskIsAnIndexedPngOfThePicturesSize()
    {
        await using TestServer server = await TestServer.StartAsync(
            new BrightnessSegmenter(), new ServingOptions { Threads = 1, NetworkPixels = 4096 });

        using HttpResponseMessage response = await server.SegmentAsync(TestPictures.Turned(160, 80, 6), "image/png");

        byte[] file = await response.Content.ReadAsByteArrayAsync();
        Assert.AreEqual("image/png", response.Content.Headers.ContentType?.MediaType);
        Assert.AreEqual(80, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)));
        Assert.AreEqual(160, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20)));
        Assert.AreEqual(3, file[25], "A palette's colour type");
        using SKBitmap mask = SKBitmap.Decode(file);
        Assert.AreEqual(new SKColor(70, 130, 180), mask.GetPixel(5, 5), "What is stored below left stands above left.");
        Assert.AreEqual(new SKColor(128, 64, 128), mask.GetPixel(75, 5));
    }

    [TestMethod]
    [DataRow("application/json", "application/json")]
    [DataRow("image/png;q=0.5, application/json;q=0.4", "image/png")]
    [DataRow("text/html, */*;q=0.1", "application/json")]
    [DataRow("image/*", "image/png")]
    [DataRow("application/json;q=0, image/png", "image/png")]
    public async Task AcceptChooses(string accept, string expected)
    {
        await using TestServer server = await TestServer.StartAsync(new BrightnessSegmenter());

        using HttpResponseMessage response = await server.SegmentAsync(Photo, accept);

        Assert.AreEqual(expected, response.Content.Headers.ContentType?.MediaType);
    }

    [TestMethod]
    public async Task WhatCannotBeTakenIsRefusedWithAReason()
    {
        await using TestServer server = await TestServer.StartAsync(
            new BrightnessSegmenter(), new ServingOptions { Threads = 1, MaxBytes = 2000, MaxPixels = 200 });

        await IsRefusedAsync(server.SegmentAsync(Photo, "text/html"), 406, "Accept must allow");
        await IsRefusedAsync(server.SegmentAsync(Photo, query: "?pixels=perhaps"), 400, "true or false");
        await IsRefusedAsync(server.SegmentAsync(Photo, field: "photo"), 400, "no field 'image'");
        await IsRefusedAsync(server.SegmentAsync([]), 400, "is empty");
        await IsRefusedAsync(server.SegmentAsync("nonsense"u8.ToArray()), 422, "no picture");
        await IsRefusedAsync(server.SegmentAsync(Photo[..^30]), 422, "cut off");
        await IsRefusedAsync(server.SegmentAsync(Photo[..^30], "image/png"), 422, "cut off");
        await IsRefusedAsync(server.SegmentAsync(TestPictures.Quarters(20, 20)), 413, "400 pixels; the limit is 200");
        await IsRefusedAsync(server.SegmentAsync(new byte[2001]), 413, "more than the 2 kB");

        // As large a body as no socket's buffer holds: its sender hears why all the same.
        for (int i = 0; i < 10; i++)
        {
            await IsRefusedAsync(server.SegmentAsync(new byte[8_000_000]), 413, "more than the 2 kB");
        }

        // Told before it is sent: what is not read to its end may take the answer with it.
        using HttpRequestMessage large = new(HttpMethod.Post, "/api/segment") { Content = TestServer.Form(new byte[100_000]) };
        large.Headers.ExpectContinue = true;
        using HttpResponseMessage unread = await server.Client.SendAsync(large);
        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, unread.StatusCode);
        Assert.IsTrue(unread.Headers.ConnectionClose, "The next request needs a connection of its own.");
        await IsRefusedAsync(server.Client.PostAsync("/api/segment", new ByteArrayContent(Photo)), 415, "multipart/form-data");
        await IsRefusedAsync(server.Client.PostAsync("/api/segment", Raw("multipart/form-data")), 400, "boundary");
        await IsRefusedAsync(server.Client.PostAsync("/api/segment", Raw("multipart/form-data; boundary=b")), 400, "ends early");
        await IsRefusedAsync(server.Client.GetAsync("/api/segment"), 405, null);
        await IsRefusedAsync(server.Client.GetAsync("/api/samples/99"), 404, "no such sample");
        await IsRefusedAsync(server.Client.GetAsync("/none"), 404, null);
        using HttpResponseMessage after = await server.SegmentAsync(Photo);
        Assert.AreEqual(HttpStatusCode.OK, after.StatusCode);

        static ByteArrayContent Raw(string type)
        {
            ByteArrayContent content = new("--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nhalf"u8.ToArray());
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            return content;
        }
    }

    [TestMethod]
    public async Task AFullServerSaysWhenToComeAgain()
    {
        using BrightnessSegmenter segmenter = new();
        await using TestServer server = await TestServer.StartAsync(segmenter, new ServingOptions { Threads = 1, QueueLength = 1 });
        segmenter.Hold();
        Task<HttpResponseMessage>[] taken = [server.SegmentAsync(Photo), server.SegmentAsync(Photo)];
        await MetricIsAsync(server, "road_pictures_in_work 2");

        using HttpResponseMessage refused = await server.SegmentAsync(Photo);
        segmenter.Release();

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.IsNotNull(refused.Headers.RetryAfter?.Delta);
        foreach (HttpResponseMessage response in await Task.WhenAll(taken))
        {
            Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [TestMethod]
    public async Task WhatIsNotDoneInTimeIsGivenUp()
    {
        using BrightnessSegmenter segmenter = new();
        await using TestServer server = await TestServer.StartAsync(segmenter, new ServingOptions { Threads = 1, TimeoutSeconds = 1 });
        segmenter.Hold();

        using HttpResponseMessage late = await server.SegmentAsync(Photo);
        segmenter.Release();
        using HttpResponseMessage next = await server.SegmentAsync(Photo);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, late.StatusCode);
        StringAssert.Contains(await late.Content.ReadAsStringAsync(), "within 1 seconds");
        Assert.AreEqual(HttpStatusCode.OK, next.StatusCode);
    }

    [TestMethod]
    public async Task APictureWhoseSenderHasGoneIsNotSegmented()
    {
        using BrightnessSegmenter segmenter = new();
        await using TestServer server = await TestServer.StartAsync(segmenter);
        segmenter.Hold();
        Task<HttpResponseMessage> first = server.SegmentAsync(Photo);
        while (segmenter.Begun == 0)
        {
            await Task.Delay(5);
        }

        using CancellationTokenSource gone = new();
        Task<HttpResponseMessage> second = server.SegmentAsync(Photo, cancellation: gone.Token);
        await MetricIsAsync(server, "road_pictures_in_work 2");

        await gone.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => second);
        await MetricIsAsync(server, "road_requests_total{route=\"/api/segment\",code=\"499\"} 1");
        segmenter.Release();

        Assert.AreEqual(HttpStatusCode.OK, (await first).StatusCode);
        using HttpResponseMessage last = await server.SegmentAsync(Photo);
        Assert.AreEqual(2, segmenter.Begun);
    }

    [TestMethod]
    public async Task AStopFinishesWhatIsInWork()
    {
        using BrightnessSegmenter segmenter = new();
        await using TestServer server = await TestServer.StartAsync(segmenter);
        segmenter.Hold();
        Task<HttpResponseMessage> begun = server.SegmentAsync(Photo);
        await MetricIsAsync(server, "road_pictures_in_work 1");

        Task stop = server.App.StopAsync();
        Assert.AreEqual("stopping", server.Slot.State.Status);
        Assert.IsFalse(stop.IsCompleted);
        segmenter.Release();
        await stop;

        Assert.AreEqual(HttpStatusCode.OK, (await begun).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => server.SegmentAsync(Photo));
        await server.App.DisposeAsync();
        Assert.IsTrue(segmenter.IsDisposed);
    }

    [TestMethod]
    public async Task ManyAtOnceGetTheirOwnAnswers()
    {
        await using TestServer server = await TestServer.StartAsync(
            new BrightnessSegmenter(), new ServingOptions { Threads = 1, Workers = 3, QueueLength = 100 });

        await Parallel.ForEachAsync(Enumerable.Range(1, 60), async (i, cancellation) =>
        {
            using HttpResponseMessage response = await server.SegmentAsync(
                TestPictures.Quarters(16, 2 * i), cancellation: cancellation);
            JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellation)).RootElement;
            Assert.AreEqual(2 * i, answer.GetProperty("height").GetInt32());
        });
    }

    [TestMethod]
    public async Task BeforeTheModelIsThereItIsSaidHowFarItIs()
    {
        await using TestServer server = await TestServer.StartAsync(null);
        server.Slot.Tell(new ModelState("training", 0.25, "drawing"));

        await IsRefusedAsync(server.SegmentAsync(Photo), 503, "being trained");
        using HttpResponseMessage health = await server.Client.GetAsync("/health");
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        string model = await server.Client.GetStringAsync("/api/model");
        StringAssert.Contains(model, "\"progress\":0.25");
    }

    private static async Task IsRefusedAsync(Task<HttpResponseMessage> answer, int status, string? reason)
    {
        using HttpResponseMessage response = await answer;
        string text = await response.Content.ReadAsStringAsync();
        Assert.AreEqual(status, (int)response.StatusCode, text);
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType, text);
        StringAssert.Contains(text, reason ?? "status");
        Assert.DoesNotContain(" at WebDemo", text);
    }

    /// <summary>Waits until the server counts so.</summary>
    private static async Task MetricIsAsync(TestServer server, string line)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
        while (!(await server.Client.GetStringAsync("/metrics", patience.Token)).Contains(line, StringComparison.Ordinal))
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
