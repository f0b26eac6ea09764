using Road.MLNet.Tests.Processes;

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
    /// Runs it and asserts an exit code and a single line on standard error that has some parts, but for a warning before it of a
    /// processor that lacks what an option is for.
    /// </summary>
    public static void Fail(int expectedExitCode, string[] arguments, params string[] expected)
    {
        (int exitCode, string output, string errors) = Run(arguments);
        Assert.AreEqual(expectedExitCode, exitCode, errors + output);
        string[] lines = [.. errors.TrimEnd().Split('\n').Where(static line => !line.StartsWith(OfTheProcessor, StringComparison.Ordinal))];
        Assert.HasCount(1, lines, errors);
        StringAssert.StartsWith(lines[0], "error: ", StringComparison.Ordinal);
        foreach (string part in expected)
        {
            StringAssert.Contains(errors, part, StringComparison.Ordinal);
        }
    }
}
