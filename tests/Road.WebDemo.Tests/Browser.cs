using PuppeteerSharp;

namespace Road.WebDemo.Tests;

/// <summary>A browser without a window.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Starts the system's browser; a test on a system without one ends as inconclusive.</summary>
    public static async Task<IBrowser> StartAsync()
    {
        string? file = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (file is null)
        {
            throw new AssertInconclusiveException($"No {string.Join(", ", Names)} in PATH.");
        }

        return await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = file,
            Headless = true,
            Timeout = 120_000,
            ProtocolTimeout = 180_000,

            // Tests may run as root, where there is no sandbox, and where shared memory is small.
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        });
    }
}
