using System.ComponentModel;
using System.Diagnostics;

namespace Streets.Video;

/// <summary>A running ffmpeg or ffprobe, whose words are kept for errors.</summary>
internal sealed class FfmpegProcess : IDisposable
{
    private const int LinesKept = 4;

    private readonly Process _process;
    private readonly Task<string> _errors;

    private FfmpegProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Starts a program of ffmpeg's.</summary>
    /// <exception cref="InvalidOperationException">It is not installed.</exception>
    public static FfmpegProcess Start(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new FfmpegProcess(Process.Start(start)!);
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException(
                $"Videos are read and written by ffmpeg, and there is no program '{program}' in the PATH. Install it: apt-get install "
                + "ffmpeg, brew install ffmpeg, or winget install ffmpeg.",
                error);
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="what">What it was to do, for the error.</param>
    /// <returns>What it said though it did not fail; empty for nothing.</returns>
    /// <exception cref="InvalidDataException">It failed; the message has its own words.</exception>
    public string Finish(string what)
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        string said = Said();
        return _process.ExitCode == 0
            ? said
            : throw new InvalidDataException($"ffmpeg cannot {what}: {(said.Length > 0 ? said : $"it ended with {_process.ExitCode}")}");
    }

    /// <summary>Ends it, where it still runs.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            try
            {
                _process.Kill();
                _process.WaitForExit();
            }
            catch (InvalidOperationException)
            {
                // It ended meanwhile.
            }
        }

        _process.Dispose();
    }

    private string Said() => string.Join(
        "; ",
        _errors.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .TakeLast(LinesKept));
}
