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
        return HeardSignals.Start(start);
    }

    /// <summary>Waits for a program's end.</summary>
    public static (int ExitCode, string Output, string Errors) Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors);
    }

    /// <summary>Starts a program and kills it as soon as a file is there; one that ends before is left alone.</summary>
    public static async Task KillOnceThereIsAsync(string file, Func<Process> start)
    {
        // A folder can be watched only once it is there.
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using CancellationTokenSource ended = new();
        Task appeared = FileWatch.UntilAsync(file, static candidate => candidate.Exists, ended.Token);
        using Process process = start();
        Task<string>[] outputs = [process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()];
        await Task.WhenAny(appeared, process.WaitForExitAsync());
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await Task.WhenAll(outputs);
        await ended.CancelAsync();
        await appeared.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string printed = string.Join('\n', outputs.Select(output => output.Result));
        Assert.IsTrue(File.Exists(file), $"The program ended without '{file}': {printed}");
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output, string Errors) Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        return Finish(process);
    }
}
