using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using WebDemo.Demo;
using WebDemo.Segmentation;
using WebDemo.Serving;

namespace Road.WebDemo.Tests;

/// <summary>A server on a free port, and a client of it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TestServer(WebApplication app, ModelSlot slot)
    {
        App = app;
        Slot = slot;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public WebApplication App { get; }

    public ModelSlot Slot { get; }

    public HttpClient Client { get; }

    /// <summary>Starts a server; one without a segmenter has no model yet.</summary>
    public static async Task<TestServer> StartAsync(ISegmenter? segmenter, ServingOptions? options = null)
    {
        options ??= new ServingOptions { Threads = 1 };
        ModelSlot slot = new();
        WebApplication app = WebServer.Create("http://127.0.0.1:0", options, slot, SamplePictures.Draw());
        if (segmenter is not null)
        {
            slot.Fill(new SegmentationWorkers(segmenter, options));
        }

        await app.StartAsync();
        return new TestServer(app, slot);
    }

    public static MultipartFormDataContent Form(byte[] file, string field = "image")
    {
        ByteArrayContent content = new(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return new MultipartFormDataContent { { content, field, "picture" } };
    }

    /// <summary>Posts a picture.</summary>
    public async Task<HttpResponseMessage> SegmentAsync(
        byte[] file, string? accept = null, string query = "", string field = "image", CancellationToken cancellation = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/api/segment{query}") { Content = Form(file, field) };
        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        return await Client.SendAsync(request, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}
