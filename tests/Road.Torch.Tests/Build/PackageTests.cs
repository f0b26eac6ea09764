using System.IO.Compression;

namespace Road.Torch.Tests.Build;

[TestClass]
public sealed class PackageTests
{
    [TestMethod]
    public async Task Package_brings_the_build_targets_to_those_that_reference_it()
    {
        string folder = Directory.CreateTempSubdirectory("road-pack-").FullName;
        try
        {
            (int exitCode, string output) = await DotnetCommand.RunAsync(
                "pack", DotnetCommand.ProjectPath(
                    "src/Road.Torch/Road.Torch.csproj"), "-c", DotnetCommand.Configuration, "--no-build", "-o", folder);

            Assert.AreEqual(0, exitCode, output);
            string package = Directory.GetFiles(folder, "Road.Torch.*.nupkg").Single();
            using ZipArchive archive = ZipFile.OpenRead(package);
            Assert.IsNotNull(archive.GetEntry("buildTransitive/Road.Torch.targets"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
