using Road.MLNet.Tests.Processes;
using Road.Torch;
using TorchSharp;

namespace Road.MLNet.Tests.Streets;

/// <summary>Runs the example program <c>Streets</c> as a process of its own.</summary>
internal static class StreetsProgram
{
    private const string OfTheProcessor = "warning: This processor has no instructions for bfloat16";

    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments) =>
        Programs.Run(Programs.Example("Streets"), arguments);

    /// <summary>Runs it and asserts success; returns what it wrote.</summary>
    public static string Succeed(params string[] arguments)
    {
        (int exitCode, string output, string errors) = Run(arguments);
        Assert.AreEqual(0, exitCode, errors + output);
        return output;
    }

    /// <summary>
    /// Runs it and asserts an exit code and a single line on standard error that has some parts. Where the processor has no
    /// bfloat16, as with oneDNN off, and that was asked for, a warning of it comes first.
    /// </summary>
    public static void Fail(int expectedExitCode, string[] arguments, params string[] expected)
    {
        (int exitCode, string output, string errors) = Run(arguments);
        Assert.AreEqual(expectedExitCode, exitCode, errors + output);
        string[] starts = arguments.Contains("bfloat16") && !BFloat16Support.IsAccelerated(torch.CPU)
            ? [OfTheProcessor, "error: "]
            : ["error: "];
        string[] lines = errors.TrimEnd().Split('\n');
        Assert.HasCount(starts.Length, lines, errors);
        for (int i = 0; i < lines.Length; i++)
        {
            StringAssert.StartsWith(lines[i], starts[i], StringComparison.Ordinal);
        }

        foreach (string part in expected)
        {
            StringAssert.Contains(errors, part, StringComparison.Ordinal);
        }
    }
}
