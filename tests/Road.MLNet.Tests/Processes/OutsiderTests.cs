using System.Diagnostics;
using Road.MLNet.Tests.Training;

namespace Road.MLNet.Tests.Processes;

/// <summary>A program that only refers to Road.MLNet and to one of TorchSharp's packages trains, predicts and scores.</summary>
[TestClass]
public sealed class OutsiderTests
{
    private const int Images = 12;

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
        using var project = new OutsiderProject("""<PackageReference Include="Road.MLNet" Version="0.1.0" />""");
        (int exitCode, string output, string errors) = project.Pack();
        Assert.AreEqual(0, exitCode, output + errors);
        project.Build();
        AssertWorks(project);
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
