using System.Text.Json;

namespace Road.Torch.Tests.Build;

[TestClass]
public sealed class TorchBackendTests
{
    [TestMethod]
    [DataRow("cpu", "TorchSharp-cpu")]
    [DataRow("cuda-linux", "TorchSharp-cuda-linux")]
    [DataRow("cuda-windows", "TorchSharp-cuda-windows")]
    public async Task Backend_selects_one_package_at_the_version_of_TorchSharp(string backend, string package)
    {
        (int exitCode, string output) = await DotnetCommand.RunAsync(
            "msbuild", DotnetCommand.ProjectPath(
                "examples/QuickStart/QuickStart.csproj"), $"-p:TorchBackend={backend}", "-getItem:PackageReference,PackageVersion");

        Assert.AreEqual(0, exitCode, output);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement items = json.RootElement.GetProperty("Items");
        string[] backends = [.. items.GetProperty("PackageReference").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!)
            .Where(name => name.StartsWith("TorchSharp-", StringComparison.Ordinal))];
        CollectionAssert.AreEqual(new[] { package }, backends);
        Assert.AreEqual(Version(items, "TorchSharp"), Version(items, package));
    }

    [TestMethod]
    public async Task Unknown_backend_is_refused_with_the_allowed_values()
    {
        (int exitCode, string output) = await DotnetCommand.RunAsync(
            "build", DotnetCommand.ProjectPath("examples/QuickStart/QuickStart.csproj"), "-p:TorchBackend=rocm");

        Assert.AreNotEqual(0, exitCode, output);
        StringAssert.Contains(output, "TorchBackend is 'rocm'; it must be cpu, cuda-linux or cuda-windows.");
        Assert.IsFalse(output.Contains("NU1010", StringComparison.Ordinal), output);
    }

    private static string Version(JsonElement items, string package) =>
        items.GetProperty("PackageVersion").EnumerateArray()
            .Single(item => item.GetProperty("Identity").GetString() == package)
            .GetProperty("Version").GetString()!;
}
