using System.CommandLine;

namespace Road.Reliability.Kills;

/// <summary><c>kills</c>: processes of <c>Streets</c> that end at any moment, and what the next one makes of what they leave.</summary>
internal static class KillsCommandLine
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<int> count = new("--count") { Description = "How many processes are ended.", HelpName = "N", DefaultValueFactory = static _ => 10 };
        Option<int> seed = new("--seed") { Description = "Another seed gives other moments.", HelpName = "S", DefaultValueFactory = static _ => 1 };
        Option<bool> signals = new("--signals") { Description = "Asks them to end, by SIGINT and SIGTERM, instead of killing them." };
        Command command = new("kills", "Ends trainings, exports and predictions at random moments and starts them again.") { count, seed, signals };
        command.SetAction(result => KillsRun.Run(result.GetValue(count), result.GetValue(seed), result.GetValue(signals)));
        return command;
    }
}
