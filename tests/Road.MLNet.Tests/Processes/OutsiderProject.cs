using System.Diagnostics;
using System.Reflection;
using TorchSharp;

namespace Road.MLNet.Tests.Processes;

/// <summary>A program that somebody else might write, in a folder of its own: nothing of this repository's settings reaches it.</summary>
internal sealed class OutsiderProject : IDisposable
{
    private const string Program =
        """
        using Microsoft.ML;
        using Microsoft.ML.Data;
        using Road.MLNet;
        using Road.Torch.Networks;

        var ml = new MLContext(seed: 1);
        LabelEncoding labels = LabelEncoding.FromIds(["road", "car", "sky"]);
        IDataView source = ml.Data.LoadSegmentationFolder(args[0], args[1]);
        IDataView domains = ml.Data.PairDomains(source, ml.Data.LoadSegmentationFolder(args[0]));
        var pipeline = new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath"))
            .Append(ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath"), TransformerScope.Training)
            .Append(ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", labels), TransformerScope.Training)
            .Append(ml.SemanticSegmentation.Trainers.Road(new RoadTrainerOptions
            {
                Network = SegmentationNetworks.Get("deeplab-squeezenet1_1"),
                DistillationWeight = 0,
                CropSize = 32,
                BatchSize = 1,
                Iterations = 2,
            }));

        ITransformer model = pipeline.Fit(domains).GetModelFor(TransformerScope.Scoring);
        IDataView photos = ml.Data.AsTargetDomain(source);
        photos = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", labels).Fit(photos).Transform(photos);
        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(model.Transform(photos));
        Console.WriteLine($"scored {metrics.ConfusionMatrix.Sum(row => row.Sum())} pixels");

        // With a core to spare rows are scored ahead, and go on being scored when the program ends.
        TorchSharp.torch.set_num_threads(1);
        IDataView scored = model.Transform(photos);
        DataViewSchema.Column label = scored.Schema["PredictedLabel"];
        for (int i = 0; i < 3; i++)
        {
            DataViewRowCursor forgotten = scored.GetRowCursor([label]);
            ValueGetter<VBuffer<byte>> getter = forgotten.GetGetter<VBuffer<byte>>(label);
            VBuffer<byte> value = default;
            forgotten.MoveNext();
            getter(ref value);
        }
        """;

    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes the project.</summary>
    /// <param name="reference">How it refers to Road.MLNet: an element of MSBuild.</param>
    public OutsiderProject(string reference)
    {
        string version =
            typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        _folder.Write("Outsider.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                {reference}
                <PackageReference Include="TorchSharp-cpu" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
        _folder.Write("Program.cs", Program);
        File.Copy(Path.Combine(RepositoryRoot, "NuGet.config"), _folder["NuGet.config"]);
    }

    /// <summary>The repository's folder.</summary>
    public static string RepositoryRoot { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    /// <summary>Where the program runs from, once it is built.</summary>
    public string OutputFolder => _folder.Combine("bin", Configuration, "net10.0");

    /// <summary>The file of the program.</summary>
    public string Assembly => Path.Combine(OutputFolder, "Outsider.dll");

    /// <summary>Takes Road's packages from a folder of the project, where they are made, and no others from there.</summary>
    public (int ExitCode, string Output, string Errors) Pack()
    {
        _folder.Write("NuGet.config", $"""
            <configuration>
              <packageSources>
                <add key="road" value="{_folder.CreateFolder("packed")}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="cache" value="{PackageCache}" />
              </fallbackPackageFolders>
              <packageSourceMapping>
                <clear />
                <packageSource key="road">
                  <package pattern="Road.*" />
                </packageSource>
                <packageSource key="nuget.org">
                  <package pattern="*" />
                </packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        (int ExitCode, string Output, string Errors) result = default;
        foreach (string name in (string[])["Road.Torch", "Road.MLNet"])
        {
            result = Dotnet("pack", Path.Combine(RepositoryRoot, "src", name), "-c", Configuration, "--no-build", "-o", _folder["packed"]);
            if (result.ExitCode != 0)
            {
                break;
            }
        }

        return result;
    }

    /// <summary>Builds it; what it references is not built again. A test whose packages cannot be had ends as inconclusive.</summary>
    public void Build()
    {
        // Road's own packages stay out of the cache, where the next version of theirs would not replace them.
        (int exitCode, string output, string errors) = Dotnet(
        [
            "build", _folder["Outsider.csproj"], "-c", Configuration, "-p:BuildProjectReferences=false", "-p:RestoreRecursive=false",
            .. Directory.Exists(_folder["packed"]) ? (string[])["-p:RestorePackagesPath=" + _folder["restored"]] : [],
        ]);
        if (output.Contains("NU1301", StringComparison.Ordinal))
        {
            Assert.Inconclusive($"The packages of another program cannot be restored here: {output}");
        }

        Assert.AreEqual(0, exitCode, output + errors);
    }

    public void Dispose() => _folder.Dispose();

    private static string PackageCache => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private (int ExitCode, string Output, string Errors) Dotnet(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The command that runs the tests hands its own MSBuild settings down.
        foreach (string name in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using Process process = Process.Start(start)!;
        return Programs.Finish(process);
    }
}
