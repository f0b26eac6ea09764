using System.Diagnostics;

namespace Road.MLNet.Tests.Onnx;

/// <summary>Programs that tests start as processes of their own.</summary>
internal static class Programs
{
    /// <summary>The example of that name.</summary>
    public static string Streets
    {
        get
        {
            DirectoryInfo output = new(AppContext.BaseDirectory);
            return Path.GetFullPath(Path.Combine(
                AppContext.BaseDirectory, "../../../../../examples/Streets/bin", output.Parent!.Name, output.Name, "Streets.dll"));
        }
    }

    /// <summary>A program that is built beside the tests.</summary>
    public static string Sibling(string name) =>
        Path.Combine(AppContext.BaseDirectory.Replace("Road.MLNet.Tests", name, StringComparison.Ordinal), name + ".dll");

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Errors) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> written = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        written.Wait();
        return (process.ExitCode, errors);
    }
}
