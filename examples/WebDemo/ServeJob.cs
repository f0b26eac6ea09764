using System.Net;
using Microsoft.ML;
using QuickStart.Scenes;
using WebDemo.Demo;
using WebDemo.Segmentation;
using WebDemo.Serving;

namespace WebDemo;

/// <summary>Loads or trains the model and serves it until a signal comes.</summary>
internal sealed partial class ServeJob(WebDemoSettings settings)
{
    /// <exception cref="IOException">The model or the samples cannot be read, or the address is taken.</exception>
    /// <exception cref="InvalidDataException">The model's file holds none.</exception>
    public async Task<int> RunAsync()
    {
        MLContext ml = new() { GpuDeviceId = settings.Gpu, FallbackToCpu = false };
        ModelSlot slot = new();
        if (settings.Model is { } file)
        {
            slot.Fill(new SegmentationWorkers(new SegmentationModel(ml, file), settings.Serving));
        }
        else
        {
            // The demonstration's model knows scenes of one small size, in which things have the sizes that it has learnt.
            settings.Serving.NetworkPixels = Math.Min(settings.Serving.NetworkPixels, SceneFolders.Width * SceneFolders.Height);
        }

        SamplePictures samples = settings.Samples is { } folder ? SamplePictures.Find(folder) : SamplePictures.Draw();
        await using WebApplication app = WebServer.Create(settings.Urls, settings.Serving, slot, samples, builder =>
        {
            if (settings.Model is null)
            {
                builder.Services.AddSingleton(ml);
                builder.Services.AddSingleton(new DemoModel(settings.Out, settings.Iterations));
                builder.Services.AddHostedService<DemoModelLoading>();
            }
        });
        await app.StartAsync();
        foreach (string url in app.Urls)
        {
            LogAddress(app.Logger, url);
            if (!IsLoopback(url))
            {
                LogOpen(app.Logger, url);
            }
        }

        await app.WaitForShutdownAsync();
        return 0;
    }

    private static bool IsLoopback(string url) =>
        BindingAddress.Parse(url).Host is var host
        && (host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address)));

    [LoggerMessage(LogLevel.Information, "Open {Url} (Ctrl+C stops)")]
    private static partial void LogAddress(ILogger log, string url);

    [LoggerMessage(LogLevel.Warning, "Whoever reaches {Url} may use it: there is no sign-in.")]
    private static partial void LogOpen(ILogger log, string url);
}
