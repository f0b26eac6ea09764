using System.Diagnostics;

namespace Road.Torch.Tests.Weights.Download;

/// <summary>Waits for what another thread or process does.</summary>
internal static class Eventually
{
    public static async Task IsTrueAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.IsLessThan(60, clock.Elapsed.TotalSeconds);
            await Task.Delay(10);
        }
    }
}
