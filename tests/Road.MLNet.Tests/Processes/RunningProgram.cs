using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Road.MLNet.Tests.Processes;

/// <summary>A program at work, which is sent signals. One that is left over is killed with its test.</summary>
internal sealed partial class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private RunningProgram(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts an example; the test is inconclusive where there are no signals.</summary>
    public static RunningProgram StartExample(string name, params string[] arguments)
    {
        RequireSignals();
        return new(Programs.Start(Programs.Example(name), arguments));
    }

    /// <summary>Starts an example by a shell's command, in which <c>"$@"</c> is the program and its arguments.</summary>
    public static RunningProgram StartInShell(string shellCommand, string name, params string[] arguments)
    {
        RequireSignals();
        ProcessStartInfo start = new("sh", ["-c", shellCommand, "sh", Programs.Example(name), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new(HeardSignals.Start(start));
    }

    /// <summary>Runs an example by a shell's command to its end.</summary>
    public static (int ExitCode, string Errors) RunInShell(string shellCommand, string name, params string[] arguments)
    {
        using RunningProgram program = StartInShell(shellCommand, name, arguments);
        return program.Finish();
    }

    /// <summary>Sends a signal.</summary>
    public void Send(PosixSignal signal)
    {
        int number = signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => throw new ArgumentOutOfRangeException(nameof(signal)),
        };
        Assert.AreEqual(0, Kill(_process.Id, number), "the program has ended already");
    }

    /// <summary>Waits for a line of standard output that has a text, and returns it.</summary>
    public string WaitForLine(string text)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        _process.WaitForExit();
        throw new AssertFailedException(
            string.Create(CultureInfo.InvariantCulture, $"no line has '{text}'; exit code {_process.ExitCode}, {_errors.Result}"));
    }

    /// <summary>Waits for a file in a folder that is there.</summary>
    public void WaitForFile(string path)
    {
        using ManualResetEventSlim seen = new();
        using FileSystemWatcher watcher = new(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        watcher.Created += (_, _) => seen.Set();
        watcher.Renamed += (_, _) => seen.Set();
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => seen.Set();
        watcher.EnableRaisingEvents = true;
        if (!File.Exists(path) && !_process.HasExited)
        {
            seen.Wait();
        }

        Assert.IsTrue(File.Exists(path), path);
    }

    /// <summary>Waits for the end.</summary>
    public (int ExitCode, string Errors) Finish()
    {
        _ = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return (_process.ExitCode, _errors.Result);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static void RequireSignals()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Windows has no signals that one process sends to another.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
