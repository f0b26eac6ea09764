using System.CommandLine;
using Road.Reliability.Fuzzing;
using Road.Reliability.Kills;
using Road.Reliability.Load;
using Road.Reliability.LongLife;

namespace Road.Reliability;

/// <summary>The program's commands.</summary>
internal static class ReliabilityCommandLine
{
    /// <summary>Runs a command: 0 where all is well, 1 where something failed, 2 for bad usage.</summary>
    public static int Run(string[] args)
    {
        ParseResult result = new RootCommand("Tries what a hostile world does to files and processes.")
        {
            FuzzCommandLine.Create(), FuzzCommandLine.CreateWorker(), KillsCommandLine.Create(), LongLifeCommandLine.Create(),
            LoadCommandLine.Create(),
        }.Parse(args);
        return result.Errors.Count > 0 ? Math.Max(result.Invoke(), 2) : result.Invoke();
    }
}
