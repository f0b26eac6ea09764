using System.Diagnostics;

namespace Road.MLNet.Tests.Processes;

/// <summary>Programs that tests start as processes of their own.</summary>
internal static class Programs
{
    /// <summary>The file of an example.</summary>
    public static string Example(string name)
    {
        DirectoryInfo output = new(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "../../../../../examples", name, "bin", output.Parent!.Name, output.Name, name + ".dll"));
    }

    /// <summary>The file of a program that is built beside the tests.</summary>
    public static string Sibling(string name) =>
        Path.Combine(AppContext.BaseDirectory.Replace("Road.MLNet.Tests", name, StringComparison.Ordinal), name + ".dll");

    /// <summary>Starts a program, its output to be read.</summary>
    public static Process Start(string program, string[] arguments, Action<ProcessStartInfo>? configure = null)
    {
        ProcessStartInfo start = new("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        configure?.Invoke(start);
        return Process.Start(start)!;
    }

    /// <summary>Waits for a program's end.</summary>
    public static (int ExitCode, string Output, string Errors) Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors);
    }

    /// <summary>Kills a program as soon as a file is there; one that ends before is left alone.</summary>
    public static void KillOnceThereIs(string file, Process process)
    {
        while (!File.Exists(file) && !process.HasExited)
        {
            Thread.Sleep(5);
        }

        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output, string Errors) Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        return Finish(process);
    }
}
