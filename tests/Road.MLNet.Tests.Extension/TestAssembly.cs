using TorchSharp;

// Tests share libtorch's random generator and its threads.
[assembly: DoNotParallelize]

namespace Road.MLNet.Tests.Extension;

/// <summary>What holds for all tests here.</summary>
[TestClass]
public sealed class TestAssembly
{
    /// <summary>The test projects run side by side, so each computes on one thread.</summary>
    [AssemblyInitialize]
    public static void ComputeOnOneThread(TestContext context) => torch.set_num_threads(1);
}
