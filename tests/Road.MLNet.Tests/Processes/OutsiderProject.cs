using System.Diagnostics;
using System.Reflection;
using TorchSharp;

namespace Road.MLNet.Tests.Processes;

/// <summary>A program that somebody else might write, in a folder of its own: nothing of this repository's settings reaches it.</summary>
internal sealed class OutsiderProject : IDisposable
{
    private const string Training =
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

        ITransformer trained = pipeline.Fit(domains).GetModelFor(TransformerScope.Scoring);
        IDataView photos = ml.Data.AsTargetDomain(source);
        using MemoryStream file = new();
        ml.Model.Save(trained, photos.Schema, file);
        ITransformer model = new MLContext().Model.Load(file, out _);

        """;

    private const string Scoring =
        """
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

    private const string Serving =
        """
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        RoadTransformer network = model.GetRoadTransformer();
        app.MapPost("/mask", async (HttpRequest request) =>
        {
            using MemoryStream image = new();
            await request.Body.CopyToAsync(image);
            image.Position = 0;
            using SegmentationResult result = network.Segment(image);
            MemoryStream mask = new();
            result.SaveMask(mask);
            mask.Position = 0;
            return Results.File(mask, "image/png");
        });
        await app.StartAsync();
        using HttpClient client = new();
        string photo = Directory.GetFiles(args[0]).First();
        using ByteArrayContent content = new(File.ReadAllBytes(photo));
        using HttpResponseMessage answer = await client.PostAsync(app.Urls.First() + "/mask", content);
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
        Console.WriteLine($"{(int)answer.StatusCode} {answer.Content.Headers.ContentType} of {bytes.Length > 60}");
        await app.StopAsync();
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _packed;

    /// <summary>Writes the project.</summary>
    /// <param name="reference">How it refers to Road.MLNet: an element of MSBuild.</param>
    /// <param name="packed">The folder of Road's packages, from where they are taken, and no others; none takes none of them.</param>
    /// <param name="serves">Whether the program is one of ASP.NET, which serves masks, and not one that scores a view.</param>
    public OutsiderProject(string reference, string packed = "", bool serves = false)
    {
        _packed = packed;
        string version =
            typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        _folder.Write("Outsider.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk{(serves ? ".Web" : string.Empty)}">
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
        _folder.Write("Program.cs", Training + (serves ? Serving : Scoring));
        if (packed.Length == 0)
        {
            File.Copy(Path.Combine(RepositoryRoot, "NuGet.config"), _folder["NuGet.config"]);
        }
        else
        {
            RoadPackages.WriteConfiguration(_folder["NuGet.config"], packed);
        }
    }

    /// <summary>The repository's folder.</summary>
    public static string RepositoryRoot { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    /// <summary>The configuration that these tests were built in.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Where the program runs from, once it is built.</summary>
    public string OutputFolder => _folder.Combine("bin", Configuration, "net10.0");

    /// <summary>Where the program is, once it is published.</summary>
    public string PublishFolder => _folder["published"];

    /// <summary>The file of the program.</summary>
    public string Assembly => Path.Combine(OutputFolder, "Outsider.dll");

    /// <summary>Runs the dotnet command as a user would, in a folder of the user's.</summary>
    public static (int ExitCode, string Output, string Errors) Dotnet(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = folder,
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

    /// <summary>Builds it; what it references is not built again. A test whose packages cannot be had ends as inconclusive.</summary>
    public void Build() => Make("build", "-p:BuildProjectReferences=false", "-p:RestoreRecursive=false");

    /// <summary>Publishes it to <see cref="PublishFolder"/>.</summary>
    public void Publish(params string[] options) => Make("publish", ["-o", PublishFolder, .. options]);

    public void Dispose() => _folder.Dispose();

    private void Make(string command, params string[] options)
    {
        // Road's own packages stay out of the cache, where the next version of theirs would not replace them.
        (int exitCode, string output, string errors) = Dotnet(
            _folder.Path,
            [
                command, _folder["Outsider.csproj"], "-c", Configuration, .. options,
                .. _packed.Length > 0 ? (string[])["-p:RestorePackagesPath=" + _folder["restored"]] : [],
            ]);
        if (output.Contains("NU1301", StringComparison.Ordinal))
        {
            Assert.Inconclusive($"The packages of another program cannot be restored here: {output}");
        }

        Assert.AreEqual(0, exitCode, output + errors);
    }
}
