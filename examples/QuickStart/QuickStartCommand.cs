using System.CommandLine;

namespace QuickStart;

/// <summary>The command line. Exit codes: 0 success, 1 failure, 2 wrong usage.</summary>
internal static class QuickStartCommand
{
    public static int Run(string[] args)
    {
        var seed = new Option<int>("--seed")
        {
            Description = "Seed of every random choice of the pretraining and the trainings.",
            DefaultValueFactory = _ => QuickStartOptions.DefaultSeed,
        };
        var iterations = new Option<int>("--iterations")
        {
            Description = "Training steps, of each of the two trainings.",
            DefaultValueFactory = _ => QuickStartOptions.DefaultIterations,
        };
        iterations.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000)
            {
                result.AddError("--iterations must be 1 to 1,000,000.");
            }
        });
        var output = new Option<DirectoryInfo>("--out")
        {
            Description = "Folder for the scenes, the models and report.html.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("out", "quickstart")),
        };
        var picture = new Option<FileInfo?>("--picture") { Description = "Also write a strip of results to this PNG file." };
        var command = new RootCommand(
            "Draws street scenes in a simulator's and a camera's look, trains a segmentation network on labelled simulator scenes "
            + "once without adaptation and once with ROAD on unlabelled camera scenes, and compares both on held-out camera scenes.")
        {
            seed, iterations, output, picture,
        };
        command.SetAction(result => new MainJob(new QuickStartOptions
        {
            Seed = result.GetValue(seed),
            Iterations = result.GetValue(iterations),
            Output = result.GetValue(output)!.FullName,
            Picture = result.GetValue(picture)?.FullName,
        }).Run());

        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"{parsed.Errors[0].Message} Try --help.");
            return 2;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or InvalidOperationException or TypeInitializationException)
        {
            Console.Error.WriteLine($"QuickStart failed: {error.Message}");
            return 1;
        }
    }
}
