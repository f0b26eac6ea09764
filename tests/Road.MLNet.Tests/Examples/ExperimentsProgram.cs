using System.Diagnostics;

namespace Road.MLNet.Tests.Examples;

/// <summary>The Experiments example, as a process of its own.</summary>
internal static class ExperimentsProgram
{
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    public static Process Start(params string[] arguments)
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        string program = Path.Combine(
            AppContext.BaseDirectory, "../../../../../examples/Experiments/bin", folder.Parent!.Name, folder.Name, "Experiments.dll");
        ProcessStartInfo start = new("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("ROAD_DATA");
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }
}
