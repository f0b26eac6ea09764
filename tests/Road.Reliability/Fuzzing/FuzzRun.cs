using System.Diagnostics;
using System.Globalization;

namespace Road.Reliability.Fuzzing;

/// <summary>Has a worker try the mutations of a kind, and starts another where one dies or hangs.</summary>
/// <param name="kind">The kind's name.</param>
internal sealed class FuzzRun(string kind) : IDisposable
{
    private const int BatchLength = 500;

    // Counted in the worker's own time: on a busy machine nothing hangs that merely waits for a core.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Blocked = TimeSpan.FromMinutes(2);
    private Process? _worker;

    /// <summary>What became of the mutations.</summary>
    public FuzzTally Tally { get; } = new();

    /// <summary>Tries so many mutations that change something.</summary>
    public void Try(int first, int count)
    {
        int next = first;
        while (Tally.Tried < count)
        {
            int batch = Math.Min(BatchLength, count - Tally.Tried);
            TryBatch(next, batch);
            next += batch;
        }
    }

    public void Dispose()
    {
        if (_worker is not null)
        {
            _worker.StandardInput.Close();
            _worker.WaitForExit();
            _worker.Dispose();
        }
    }

    private void TryBatch(int first, int count)
    {
        int end = first + count;
        while (first < end)
        {
            _worker ??= Start();
            _worker.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first} {end - first}"));
            _worker.StandardInput.Flush();
            while (first < end && _worker is not null)
            {
                (string? line, string fault) = ReadLine(_worker);
                FuzzResult result = line is null ? new FuzzResult(first, FuzzOutcome.Failed, fault) : FuzzResult.Read(line);
                Tally.Add(result);
                first = result.Mutation + 1;
                if (line is null)
                {
                    _worker.Kill(entireProcessTree: true);
                    _worker.Dispose();
                    _worker = null;
                }
            }
        }
    }

    private Process Start()
    {
        ProcessStartInfo start = new("dotnet", [Environment.GetCommandLineArgs()[0], FuzzCommandLine.WorkerCommand, kind])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        return ReadLine(process).Line == FuzzWorker.Ready
            ? process
            : throw new InvalidOperationException($"The worker of {kind} did not start: {errors.Result}");
    }

    /// <summary>A line of a worker; null, and why, where none comes.</summary>
    private static (string? Line, string Fault) ReadLine(Process process)
    {
        Task<string?> reading = process.StandardOutput.ReadLineAsync();
        TimeSpan worked = TimeSpan.Zero;
        long begin = Stopwatch.GetTimestamp();
        while (!reading.Wait(Hang))
        {
            process.Refresh();
            worked = worked == TimeSpan.Zero ? process.TotalProcessorTime : worked;
            if (process.TotalProcessorTime - worked >= Hang || Stopwatch.GetElapsedTime(begin) > Blocked)
            {
                return (null, $"hung for {Hang.TotalSeconds} s and more");
            }
        }

        if (reading.Result is null)
        {
            process.WaitForExit();
            return (null, $"ended the process with exit code {process.ExitCode}");
        }

        return (reading.Result, string.Empty);
    }
}
