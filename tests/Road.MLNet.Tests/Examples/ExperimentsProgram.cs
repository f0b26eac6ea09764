using System.Diagnostics;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Examples;

/// <summary>The Experiments example, as a process of its own.</summary>
internal static class ExperimentsProgram
{
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        return Programs.Finish(process);
    }

    public static Process Start(params string[] arguments) => Programs.Start(Programs.Example("Experiments"), arguments, static start =>
    {
        start.Environment.Remove("ROAD_DATA");
        start.Environment["OMP_NUM_THREADS"] = "1";
    });
}
