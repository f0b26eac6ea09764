using System.Buffers.Binary;
using System.Reflection;
using TorchSharp;

namespace Road.Torch.Tests.Build;

[TestClass]
public sealed class TorchSharpPatchTests
{
    private const string Library = "runtimes/linux-x64/native/libLibTorchSharp.so";

    private static readonly Lazy<Task<string>> PackagedLibrary = new(FindPackagedLibraryAsync);

    private string _folder = null!;

    [TestInitialize]
    public void CreateFolder()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("Only builds on Linux patch TorchSharp's library.");
        }

        _folder = Directory.CreateTempSubdirectory("road-patch-").FullName;
    }

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Build_marks_one_version_need_weak_in_the_output_and_leaves_the_package_cache_as_it_is()
    {
        byte[] packaged = await File.ReadAllBytesAsync(await PackagedLibrary.Value);
        byte[] built = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, Library));

        AssertOnlyMarkIsOn("GLIBCXX_3.4.32", packaged, built);
    }

    [TestMethod]
    public async Task Patching_again_or_patching_the_patched_library_changes_nothing()
    {
        string packaged = await PackagedLibrary.Value;
        byte[] before = await File.ReadAllBytesAsync(packaged);

        (int exitCode, string output) = await PatchAsync(packaged, "1");
        Assert.AreEqual(0, exitCode, output);
        string patched = PatchedPath("1");
        byte[] once = await File.ReadAllBytesAsync(patched);
        AssertOnlyMarkIsOn("GLIBCXX_3.4.32", before, once);
        CollectionAssert.AreEqual(before, await File.ReadAllBytesAsync(packaged));

        DateTime written = File.GetLastWriteTimeUtc(patched);
        await PatchAsync(packaged, "1");
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(patched));

        await PatchAsync(patched, "2");
        CollectionAssert.AreEqual(once, await File.ReadAllBytesAsync(PatchedPath("2")));
    }

    [TestMethod]
    public async Task Off_switch_leaves_the_package_cache_file_in_the_build()
    {
        (int exitCode, string output) = await PatchAsync(await PackagedLibrary.Value, "1", "-p:RoadPatchTorchSharp=false");

        Assert.AreEqual(0, exitCode, output);
        Assert.IsFalse(File.Exists(PatchedPath("1")));
    }

    [TestMethod]
    public async Task Library_that_cannot_be_read_names_the_off_switch()
    {
        string damaged = Path.Combine(_folder, "libLibTorchSharp.so");
        byte[] packaged = await File.ReadAllBytesAsync(await PackagedLibrary.Value);
        await File.WriteAllBytesAsync(damaged, packaged[..4096]);

        (int exitCode, string output) = await PatchAsync(damaged, "1");

        Assert.AreNotEqual(0, exitCode, output);
        StringAssert.Contains(output, damaged);
        StringAssert.Contains(output, "RoadPatchTorchSharp");
        Assert.IsFalse(File.Exists(PatchedPath("1")));
    }

    private string PatchedPath(string version) => Path.Combine(_folder, "obj", "torchsharp", version, Library);

    /// <summary>Runs the package's target in a project that has nothing but the one file to copy.</summary>
    private async Task<(int ExitCode, string Output)> PatchAsync(string library, string version, params string[] properties)
    {
        string project = Path.Combine(_folder, "patch.proj");
        await File.WriteAllTextAsync(project, $"""
            <Project>
              <PropertyGroup>
                <IntermediateOutputPath>obj/</IntermediateOutputPath>
              </PropertyGroup>
              <ItemGroup>
                <ReferenceCopyLocalPaths Include="{library}" NuGetPackageId="TorchSharp" NuGetPackageVersion="{version}"
                  PathInPackage="{Library}" />
              </ItemGroup>
              <Import Project="{DotnetCommand.ProjectPath("src/Road.Torch/buildTransitive/Road.Torch.targets")}" />
            </Project>
            """);
        return await DotnetCommand.RunAsync(["msbuild", project, "-t:RoadUsePatchedTorchSharp", .. properties]);
    }

    private static async Task<string> FindPackagedLibraryAsync()
    {
        (int exitCode, string root) = await DotnetCommand.RunAsync(
            "msbuild", DotnetCommand.ProjectPath("tests/Road.Torch.Tests/Road.Torch.Tests.csproj"), "-getProperty:NuGetPackageRoot");
        Assert.AreEqual(0, exitCode, root);
        string version =
            typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        return Path.Combine(root.Trim(), "torchsharp", version, Library);
    }

    private static void AssertOnlyMarkIsOn(string versionName, byte[] packaged, byte[] patched)
    {
        Assert.HasCount(packaged.Length, patched);
        int[] changed = [.. Enumerable.Range(0, packaged.Length).Where(i => packaged[i] != patched[i])];
        Assert.HasCount(1, changed);
        int flags = changed[0];
        Assert.AreEqual(packaged[flags] | 2, patched[flags], "VER_FLG_WEAK is 2.");
        // In a version need's record the flags follow the hash of the version's name.
        Assert.AreEqual(ElfHash(versionName), BinaryPrimitives.ReadUInt32LittleEndian(patched.AsSpan(flags - 4)));
    }

    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (char c in name)
        {
            hash = (hash << 4) + c;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }
}
