using System.CommandLine;

namespace Road.Reliability.Kills;

/// <summary><c>kills</c>: processes of <c>Streets</c> that end at any moment, and what the next one makes of what they leave.</summary>
internal static class KillsCommandLine
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<int> count = Numbers.Option("--count", "How many processes are ended.", 10);
        Option<int> seed = Numbers.Option("--seed", "Another seed gives other moments.", 1);
        Option<bool> signals = new("--signals") { Description = "Asks them to end, by SIGINT and SIGTERM, instead of killing them." };
        Command command = new("kills", "Ends trainings, exports and predictions at random moments and starts them again.")
        {
            count, seed, signals,
        };
        command.SetAction(result => KillsRun.Run(result.GetValue(count), result.GetValue(seed), result.GetValue(signals)));
        return command;
    }
}
