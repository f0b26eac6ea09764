using System.Globalization;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>
/// A large safetensors file loads in little more memory than its tensors. ROAD_LARGE_WEIGHTS gives its size in MiB, 128
/// unless set.
/// </summary>
[TestClass]
public sealed class LargeFileTests
{
    // Each too large for the allocator to keep its memory when it goes, which would hide it from the next measurement.
    private const int Tensors = 3;

    private static readonly long Length =
        long.Parse(Environment.GetEnvironmentVariable("ROAD_LARGE_WEIGHTS") ?? "128", CultureInfo.InvariantCulture) << 20;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void LoadingPeaksUnderOnePointThreeTimesTheFile()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder);
        double peak = PeakGrowth(() => ReadAll(path)) / (double)Length;
        TestContext.WriteLine($"{Length >> 20} MiB: the peak is {peak:F3} of the file");
        Assert.IsLessThan(1.3, peak);
    }

    [TestMethod]
    public void LoadingIntoExistingTensorsTakesNextToNothing()
    {
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        string path = Write(folder);
        using WeightsFile file = WeightsFile.Open(path);
        Tensor[] destinations = [.. file.Entries.Select(entry => ones([.. entry.Shape]))];
        double peak = PeakGrowth(() =>
        {
            foreach ((WeightsEntry entry, Tensor destination) in file.Entries.Zip(destinations))
            {
                file.CopyTo(entry.Name, destination);
            }
        }) / (double)Length;
        TestContext.WriteLine($"{Length >> 20} MiB: the peak is {peak:F3} of the file");
        Assert.IsLessThan(0.3, peak);
        Assert.AreEqual(Tensors - 1f, destinations[^1][^1].item<float>());
    }

    private static string Write(TemporaryFolder folder)
    {
        using DisposeScope scope = NewDisposeScope();
        string path = folder["large.safetensors"];
        SafetensorsWriter.Write(
            path, Enumerable.Range(0, Tensors).Select(
                i => KeyValuePair.Create($"t{i}", full([Length / sizeof(float) / Tensors], (float)i))));
        return path;
    }

    private static void ReadAll(string path)
    {
        using DisposeScope scope = NewDisposeScope();
        using WeightsFile file = WeightsFile.Open(path);
        foreach (WeightsEntry entry in file.Entries)
        {
            file.ReadTensor(entry.Name);
        }
    }

    /// <summary>How much the process's resident memory grows at most, in bytes.</summary>
    private static long PeakGrowth(Action action)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("The peak of resident memory is measured on Linux only.");
        }

        // Sets the peak back to what is resident now.
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = Status("VmRSS:");
        action();
        return Status("VmHWM:") - before;

        static long Status(string key)
        {
            string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
            return long.Parse(
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture) * 1024;
        }
    }
}
