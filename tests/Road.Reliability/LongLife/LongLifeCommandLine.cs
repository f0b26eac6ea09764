using System.CommandLine;

namespace Road.Reliability.LongLife;

/// <summary><c>longlife</c>: a process that predicts and trains for long keeps its memory and its threads.</summary>
internal static class LongLifeCommandLine
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<int> predictions = Number("--predictions", "Predictions in all.", 100_000);
        Option<int> threads = Number("--threads", "Threads that predict at once.", 8);
        Option<int> trainings = Number("--trainings", "Short trainings in all, beside the predictions.", 1_000);
        Command command = new("longlife", "Predicts and trains for long in one process and measures memory and threads.") { predictions, threads, trainings };
        command.SetAction(result => new LongLifeRun(result.GetValue(predictions), result.GetValue(threads), result.GetValue(trainings)).Run());
        return command;
    }

    private static Option<int> Number(string name, string description, int value)
    {
        Option<int> option = new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be 1 or more.");
            }
        });
        return option;
    }
}
