using System.Diagnostics;
using System.Runtime.InteropServices;
using Road.MLNet.Tests.Training;

namespace Road.MLNet.Tests.Processes;

/// <summary>
/// A program that only refers to Road.MLNet and to one of TorchSharp's packages trains, saves, loads, predicts and scores, and so does the
/// command line as a tool. What takes minutes, since libtorch is copied and packed whole, runs where <c>ROAD_LONG_TESTS</c> is 1.
/// </summary>
[TestClass]
public sealed class OutsiderTests
{
    private const int Images = 12;
    private const string TakesLong = "This copies libtorch whole and takes minutes";
    private static readonly string PackageReference = $"""<PackageReference Include="Road.MLNet" Version="{RoadPackages.Version}" />""";

    [TestMethod]
    public void AProjectReferenceIsAllThatAnotherProgramNeeds()
    {
        using var project = new OutsiderProject(
            $"""<ProjectReference Include="{Path.Combine(OutsiderProject.RepositoryRoot, "src", "Road.MLNet", "Road.MLNet.csproj")}" />""");
        project.Build();
        AssertWorks(project);
    }

    [TestMethod]
    public void APackageReferenceIsAllThatAnotherProgramNeeds()
    {
        using RoadPackages packages = new("Road.Torch", "Road.MLNet", "Road.MLNet.ImageSharp");
        packages.AssertComplete("Road.Torch");
        packages.AssertComplete("Road.MLNet");
        packages.AssertComplete("Road.MLNet.ImageSharp");
        using var project = new OutsiderProject(PackageReference, packages.Folder);
        project.Build();
        AssertWorks(project);
    }

    [TestMethod]
    [DataRow(false, "--no-self-contained")]
    [DataRow(false, "--self-contained")]
    [DataRow(false, "--self-contained", "-p:PublishSingleFile=true")]
    [DataRow(true, "--no-self-contained")]
    public void APublishedProgramRuns(bool serves, params string[] options)
    {
        LongTests.Require(TakesLong);
        using RoadPackages packages = new("Road.Torch", "Road.MLNet");
        using var project = new OutsiderProject(PackageReference, packages.Folder, serves);
        project.Publish(["-r", RuntimeInformation.RuntimeIdentifier, .. options]);

        using var folders = new TrainingFolders(Images);
        string program = Path.Combine(project.PublishFolder, OperatingSystem.IsWindows() ? "Outsider.exe" : "Outsider");
        (int exitCode, string output, string errors) = Run(program, folders.SourceImages, folders.SourceLabels);
        Assert.AreEqual(0, exitCode, errors + output);
        StringAssert.Contains(output, serves ? "200 image/png of True" : $"scored {Images * ((48 * 40) - 1)} pixels");
        Assert.AreEqual(string.Empty, errors);
    }

    [TestMethod]
    public void TheCommandLineIsATool()
    {
        LongTests.Require(TakesLong);
        using RoadPackages packages = new();
        packages.Pack(
            Path.Combine(OutsiderProject.RepositoryRoot, "examples", "Streets"),
            "-p:ToolPackageRuntimeIdentifiers=" + RuntimeInformation.RuntimeIdentifier);
        Assert.IsTrue(
            Directory.EnumerateFiles(packages.Folder, "*.nupkg").All(static file => new FileInfo(file).Length < 250 * 1000 * 1000),
            "A package is larger than feeds take.");

        using TemporaryFolder user = new();
        RoadPackages.WriteConfiguration(user["NuGet.config"], packages.Folder);
        (int exitCode, string output, string errors) = OutsiderProject.Dotnet(
            user.Path, "tool", "install", "road-streets", "--version", RoadPackages.Version, "--tool-path", user["tools"],
            "--configfile", user["NuGet.config"]);
        Assert.AreEqual(0, exitCode, output + errors);

        using var folders = new TrainingFolders(Images);
        string classes = user.Write("classes.json", """{"classes": [{"name": "road", "ids": [0]}, {"name": "car", "ids": [1]}]}""");
        string streets = Path.Combine(user["tools"], OperatingSystem.IsWindows() ? "streets.exe" : "streets");
        (exitCode, output, errors) = Run(
            streets, "train", "--source-images", folders.SourceImages, "--source-labels", folders.SourceLabels, "--source-classes", classes,
            "--target-images", folders.TargetImages, "--network", "deeplab-resnet18", "--backbone-weights", "mlnet-resnet18",
            "--crop", "32", "--batch", "1", "--iterations", "2", "--model", user["road.zip"]);
        Assert.AreEqual(0, exitCode, output + errors);
        (exitCode, output, errors) = Run(
            streets, "predict", "--model", user["road.zip"], "--images", folders.TargetImages, "--out", user["masks"]);
        Assert.AreEqual(0, exitCode, output + errors);
        Assert.IsNotEmpty(Directory.GetFiles(user["masks"], "*.png", SearchOption.AllDirectories));
    }

    private static (int ExitCode, string Output, string Errors) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return Programs.Finish(process);
    }

    /// <summary>Runs two of it at once, which write nothing beside themselves.</summary>
    private static void AssertWorks(OutsiderProject project)
    {
        using var folders = new TrainingFolders(Images);
        string[] before = List(project);
        using Process first = Programs.Start(project.Assembly, [folders.SourceImages, folders.SourceLabels]);
        using Process second = Programs.Start(project.Assembly, [folders.SourceImages, folders.SourceLabels]);
        foreach (Process process in (Process[])[first, second])
        {
            (int exitCode, string output, string errors) = Programs.Finish(process);
            Assert.AreEqual(0, exitCode, errors + output);

            // But for the void pixel of each mask.
            StringAssert.Contains(output, $"scored {Images * ((48 * 40) - 1)} pixels");
            Assert.AreEqual(string.Empty, errors);
        }

        CollectionAssert.AreEqual(before, List(project));
    }

    private static string[] List(OutsiderProject project) =>
        [.. Directory.GetFiles(project.OutputFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
