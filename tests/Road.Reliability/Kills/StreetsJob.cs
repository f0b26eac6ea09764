using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using Road.MLNet.Tests.Processes;

namespace Road.Reliability.Kills;

/// <summary>A command of <c>Streets</c> and the files that it leaves.</summary>
/// <param name="Name">What it is called in the output.</param>
/// <param name="Folder">The folder that all of its files go to.</param>
/// <param name="Arguments">The command line, for a folder.</param>
internal sealed record StreetsJob(string Name, string Folder, Func<string, string[]> Arguments)
{
    /// <summary>The number and the content of every file below the folder, by its path in it; of a model file without its dates.</summary>
    public static SortedDictionary<string, string> Read(string folder)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        if (Directory.Exists(folder))
        {
            EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };
            foreach (string file in Directory.EnumerateFiles(folder, "*", all))
            {
                files[Path.GetRelativePath(folder, file)] = Digest(file);
            }
        }

        return files;
    }

    /// <summary>Starts the command.</summary>
    /// <param name="folder">The folder that its files go to.</param>
    public Process Start(string folder)
    {
        string beside = AppContext.BaseDirectory.Replace(
            Path.Combine("tests", "Road.Reliability"), Path.Combine("examples", "Streets"), StringComparison.Ordinal);
        ProcessStartInfo start = new("dotnet", [Path.Combine(beside, "Streets.dll"), .. Arguments(folder)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        return HeardSignals.Start(start);
    }

    /// <summary>Runs the command to its end, which must be a good one.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public TimeSpan Succeed(string folder)
    {
        long begin = Stopwatch.GetTimestamp();
        using Process process = Start(folder);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(begin)
            : throw new InvalidOperationException(
                $"{Name} ended with exit code {process.ExitCode}: {errors.Trim()} {output.Result.Trim()}");
    }

    private static string Digest(string file)
    {
        if (Path.GetExtension(file) != ".zip")
        {
            using FileStream stream = File.OpenRead(file);
            return Convert.ToHexString(SHA256.HashData(stream));
        }

        try
        {
            using ZipArchive zip = ZipFile.OpenRead(file);
            return string.Join(' ', zip.Entries.Select(static entry =>
            {
                using Stream stream = entry.Open();
                return $"{entry.FullName} {Convert.ToHexString(SHA256.HashData(stream))}";
            }).Order(StringComparer.Ordinal));
        }
        catch (InvalidDataException)
        {
            return "no whole zip archive";
        }
    }
}
