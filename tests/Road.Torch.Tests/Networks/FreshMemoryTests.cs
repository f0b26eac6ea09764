using System.Diagnostics;
using Road.Torch.Networks;
using Road.Torch.OneDnn;
using Road.Torch.Tests.Build;
using TorchSharp;

namespace Road.Torch.Tests.Networks;

/// <summary>
/// Nothing that a training step or a scored image gives depends on what fresh memory holds. A program of its own runs with an allocator
/// that fills it, once with the bits of NaN and once with zeros.
/// </summary>
[TestClass]
public sealed class FreshMemoryTests
{
    private const string AllClasses = "2,3,7,19";
    private const int Nan = 255;

    private static readonly string[] Repeated =
    [
        "deeplab-resnet50", "deeplab-resnet101", "pspnet-resnet50", "pspnet-resnet101", "pspnet-vgg16",
    ];

    private static string? s_allocator;
    private static string? s_reason;

    /// <summary>
    /// Each network, with the numbers of classes to try. They matter to heads alone, so one will do for a head on another large backbone
    /// unless <c>ROAD_LONG_TESTS</c> is 1.
    /// </summary>
    public static IEnumerable<object[]> Networks => SegmentationNetworks.Names.Prepend("odd")
        .Select(static name => new object[] { name, LongTests.AreWanted || !Repeated.Contains(name) ? AllClasses : "7" });

    [ClassInitialize]
    public static async Task CompileTheAllocator(TestContext context)
    {
        if (!OperatingSystem.IsLinux())
        {
            s_reason = "Only Linux lets an allocator be put before a program's own.";
            return;
        }

        string library = Path.Combine(Path.GetTempPath(), $"road-fill-{Guid.NewGuid():N}.so");
        string source = Path.Combine(DotnetCommand.RepositoryRoot, "tests/Road.Torch.Tests.FreshMemory/fill.c");
        try
        {
            using Process compiler = Process.Start("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]);
            await compiler.WaitForExitAsync(context.CancellationToken);
            s_reason = compiler.ExitCode == 0 ? null : $"The C compiler ended with exit code {compiler.ExitCode}.";
            s_allocator = library;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            s_reason = "There is no C compiler 'cc'.";
        }
    }

    [ClassCleanup]
    public static void DeleteTheAllocator()
    {
        if (s_allocator is not null)
        {
            File.Delete(s_allocator);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Networks))]
    public void StepsAndMasksAreFiniteAndDoNotDependOnIt(string network, string classes) => AssertIndependent(network, classes, "road");

    [TestMethod]
    public void NoVariantDependsOnIt() =>
        AssertIndependent(
            "deeplab-squeezenet1_1", "7",
            "none,spatial-1x1,source-distillation,label-inversion,fcns-in-the-wild,curriculum,masked,self-training-class-balanced");

    /// <summary>The test itself: with oneDNN as it is, a processor that hides its caches shows in it.</summary>
    [TestMethod]
    public void WithoutCureItShowsWhereCachesAreHidden()
    {
        if (!ProcessorCaches.AreHidden)
        {
            Assert.Inconclusive("This processor tells of its caches.");
        }

        string[] lines = Run(Nan, "odd", "3", "road", oneDnn: "on");

        Assert.Contains("not finite", lines[1]);
    }

    [TestMethod]
    [DataRow("off", "# oneDNN is off, since ROAD_ONEDNN says so")]
    [DataRow("on", "# oneDNN is left as it is")]
    public void AVariableOverrulesTheCure(string setting, string remark) =>
        Assert.StartsWith(remark, Run(0, "odd", "2", "none", setting)[0]);

    private static void AssertIndependent(string network, string classes, string variants)
    {
        string[] filled = Run(Nan, network, classes, variants);
        string[] empty = Run(0, network, classes, variants);

        foreach (string line in filled.Skip(1))
        {
            Assert.EndsWith(" finite", line);
        }

        Sequence.AreEqual(filled, empty);
    }

    /// <summary>Runs the program.</summary>
    /// <returns>What was done for the processor, and a line each for network, classes, precision and variant.</returns>
    private static string[] Run(int fill, string network, string classes, string variants, string? oneDnn = null)
    {
        if (s_reason is not null)
        {
            Assert.Inconclusive(s_reason);
        }

        string program = Path.Combine(
            AppContext.BaseDirectory.Replace(
                "Road.Torch.Tests", "Road.Torch.Tests.FreshMemory", StringComparison.Ordinal), "Road.Torch.Tests.FreshMemory.dll");
        string precisions = BFloat16Support.IsAccelerated(torch.CPU) ? "Float32,BFloat16" : "Float32";
        ProcessStartInfo start = new("dotnet", [program, "1", network, classes, precisions, variants])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LD_PRELOAD"] = s_allocator;
        start.Environment["ROAD_TEST_FILL"] = $"{fill}";
        start.Environment["OMP_NUM_THREADS"] = "1";
        if (oneDnn is not null)
        {
            start.Environment[OneDnnSetup.Variable] = oneDnn;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, errors.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
