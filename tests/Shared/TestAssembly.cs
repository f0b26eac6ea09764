using Road.Torch;
using TorchSharp;

// Tests share libtorch's random generator and its threads.
[assembly: DoNotParallelize]

namespace Road.Tests;

/// <summary>What holds for all tests here.</summary>
[TestClass]
public sealed class TestAssembly
{
    /// <summary>
    /// The test projects run side by side. Where each computes on every core, the threads of one wait spinning for cores
    /// that the other holds, and both take several times as long.
    /// </summary>
    [AssemblyInitialize]
    public static void ComputeOnOneThread(TestContext context)
    {
        // Some tests compute with tensors alone, without what prepares libtorch for this processor.
        TorchRuntime.EnsureAvailable();
        torch.set_num_threads(1);
        if (TorchRuntime.Remark is { } remark)
        {
            context.WriteLine(remark);
        }
    }
}
