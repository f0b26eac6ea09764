using System.CommandLine;

namespace Road.Reliability.LongLife;

/// <summary><c>longlife</c>: a process that predicts and trains for long keeps its memory and its threads.</summary>
internal static class LongLifeCommandLine
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<int> predictions = Numbers.Option("--predictions", "Predictions in all.", 100_000);
        Option<int> threads = Numbers.Option("--threads", "Threads that predict at once.", 8);
        Option<int> trainings = Numbers.Option("--trainings", "Short trainings in all, beside the predictions.", 1_000);
        Command command = new("longlife", "Predicts and trains for long in one process and measures memory and threads.")
        {
            predictions, threads, trainings,
        };
        command.SetAction(result =>
            new LongLifeRun(result.GetValue(predictions), result.GetValue(threads), result.GetValue(trainings)).Run());
        return command;
    }
}
