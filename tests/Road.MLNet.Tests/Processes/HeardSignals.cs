using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Road.MLNet.Tests.Processes;

/// <summary>
/// Starts programs that hear signals. What runs under <c>nohup</c> or behind <c>&amp;</c> in a script was started to ignore some, its
/// programs inherit that, and a test that sends one would wait for ever.
/// </summary>
internal static partial class HeardSignals
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;

    // The values of signal's handlers.
    private const nint ByDefault = 0;
    private const nint Ignored = 1;

    private static readonly Lock Starting = new();

    /// <summary>Starts a program that ignores none of SIGHUP, SIGINT and SIGTERM.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        lock (Starting)
        {
            ulong mask = ReadIgnored();
            int[] ignored = [.. new[] { Hangup, Interrupt, Terminate }.Where(signal => (mask >> (signal - 1) & 1) != 0)];
            Set(ignored, ByDefault);
            try
            {
                return Process.Start(start)!;
            }
            finally
            {
                Set(ignored, Ignored);
            }
        }
    }

    /// <summary>The signals that this process ignores, a bit each from signal 1 on; none where the system does not say so.</summary>
    private static ulong ReadIgnored()
    {
        const string Name = "SigIgn:";
        const string Status = "/proc/self/status";
        string? line = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(static line => line.StartsWith(Name, StringComparison.Ordinal))
            : null;
        return line is null ? 0 : ulong.Parse(line.AsSpan(Name.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static void Set(int[] signals, nint handler)
    {
        foreach (int signal in signals)
        {
            SetHandler(signal, handler);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SetHandler(int signal, nint handler);
}
