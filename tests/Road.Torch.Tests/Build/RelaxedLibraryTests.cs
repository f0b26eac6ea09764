using System.Reflection;
using TorchSharp;

namespace Road.Torch.Tests.Build;

/// <summary>What is done at run time to TorchSharp's library is what the build does to it.</summary>
[TestClass]
public sealed class RelaxedLibraryTests
{
    [TestMethod]
    public async Task TheCopyInMemoryIsTheOneThatTheBuildMakes()
    {
        (byte[] packaged, byte[] built) = await ReadAsync();
        Assert.IsFalse(packaged.AsSpan().SequenceEqual(built));

        Assert.IsTrue(RelaxedLibrary.MarkWeak(packaged));

        CollectionAssert.AreEqual(built, packaged);
        Assert.IsTrue(RelaxedLibrary.MarkWeak(packaged), "a marked library stays as it is");
        CollectionAssert.AreEqual(built, packaged);
    }

    [TestMethod]
    public async Task WhatIsCutOffOrNoLibraryIsRefused()
    {
        (byte[] packaged, _) = await ReadAsync();
        for (int length = 0; length < packaged.Length - 4096; length += 65_521)
        {
            Assert.IsFalse(RelaxedLibrary.MarkWeak(packaged.AsSpan(0, length)), $"{length} bytes");
        }

        // Wild offsets of the section headers, which stand at the file's end.
        foreach (int at in new[] { 0x28, 0x2C, 0x2F })
        {
            byte[] wild = [.. packaged];
            wild.AsSpan(at, 1).Fill(0xFF);
            Assert.IsFalse(RelaxedLibrary.MarkWeak(wild), $"byte {at}");
        }

        Assert.IsFalse(RelaxedLibrary.MarkWeak("no library at all, however long it may be: 64 bytes are what a header has"u8.ToArray()));
    }

    [TestMethod]
    [DataRow(
        "/app/libLibTorchSharp.so: cannot open shared object file\n/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by "
        + "/my app/runtimes/libLibTorchSharp.so)", "/my app/runtimes/libLibTorchSharp.so")]
    [DataRow("/lib/libstdc++.so.6: version `GLIBCXX_3.4.33' not found (required by /app/libLibTorchSharp.so)", null)]
    [DataRow("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libtorch_cpu.so)", null)]
    [DataRow("libtorch.so: cannot open shared object file: No such file or directory", null)]
    public void OnlyTheOneRefusalIsMended(string loaderMessage, string? file) =>
        Assert.AreEqual(file, RelaxedLibrary.FailedFile(loaderMessage));

    [TestMethod]
    public void WhereItCannotBeMendedTheMessageHasTheLineForTheProject() => StringAssert.Contains(
        TorchRuntime.Explain("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)"),
        "<Import Project=\"PATH/src/Road.Torch/buildTransitive/Road.Torch.targets\" />");

    private static async Task<(byte[] Packaged, byte[] Built)> ReadAsync()
    {
        const string Library = "runtimes/linux-x64/native/libLibTorchSharp.so";
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("Only on Linux is TorchSharp's library marked.");
        }

        (int exitCode, string root) = await DotnetCommand.RunAsync(
            "msbuild", DotnetCommand.ProjectPath("tests/Road.Torch.Tests/Road.Torch.Tests.csproj"), "-getProperty:NuGetPackageRoot");
        Assert.AreEqual(0, exitCode, root);
        string version =
            typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        return (
            await File.ReadAllBytesAsync(Path.Combine(root.Trim(), "torchsharp", version, Library)),
            await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, Library)));
    }
}
