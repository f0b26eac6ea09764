using TorchSharp;

namespace Road.Torch.Tests;

[TestClass]
public sealed class TorchRuntimeTests
{
    [TestMethod]
    public void Libtorch_loads_and_computes()
    {
        TorchRuntime.EnsureAvailable();

        using DisposeScope scope = torch.NewDisposeScope();
        Assert.AreEqual(2f, torch.ones(2).sum().item<float>());
    }

    [TestMethod]
    public void Missing_libstdcxx_version_names_the_version_the_library_and_the_off_switch()
    {
        string message = TorchRuntime.Explain(
            "/app/LibTorchSharp.so: cannot open shared object file: No such file or directory\n"
            + "/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)");

        StringAssert.Contains(message, "GLIBCXX_3.4.32 of libstdc++.so.6");
        StringAssert.Contains(message, "RoadPatchTorchSharp=false");
    }

    [TestMethod]
    public void Missing_libc_version_asks_for_a_newer_system()
    {
        string message = TorchRuntime.Explain("/lib/libc.so.6: version `GLIBC_2.34' not found (required by /app/libLibTorchSharp.so)");

        StringAssert.Contains(message, "GLIBC_2.34 of libc.so.6");
        StringAssert.Contains(message, "a newer libc.so.6");
    }

    [TestMethod]
    [DataRow(
        "/app/LibTorchSharp.so: cannot open shared object file: No such file\nlibtorch.so: cannot open shared object file: No such file")]
    [DataRow("/app/libLibTorchSharp.so: cannot open shared object file: No such file or directory")]
    [DataRow("Unable to load DLL 'LibTorchSharp' or one of its dependencies: The specified module could not be found. (0x8007007E)")]
    [DataRow("Library not loaded: @rpath/libc10.dylib")]
    public void Missing_libtorch_names_the_package_and_its_version(string loaderMessage)
    {
        StringAssert.Contains(TorchRuntime.Explain(loaderMessage), "Add the package TorchSharp-cpu");
        StringAssert.Contains(TorchRuntime.Explain(loaderMessage), $"version {TorchRuntime.TorchSharpVersion}");
    }

    [TestMethod]
    public void Missing_system_library_is_named()
    {
        string message = TorchRuntime.Explain("libgomp.so.1: cannot open shared object file: No such file or directory");

        StringAssert.Contains(message, "libgomp.so.1");
        Assert.IsFalse(message.Contains("TorchSharp-cpu", StringComparison.Ordinal), message);
    }
}
