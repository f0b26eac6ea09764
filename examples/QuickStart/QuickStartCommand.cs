using System.CommandLine;

namespace QuickStart;

/// <summary>The command line. Exit codes: 0 success, 1 failure, 2 wrong usage, 128 and its number a signal.</summary>
internal static class QuickStartCommand
{
    public static int Run(string[] args)
    {
        Option<int> seed = NumberOption.Create(
            "--seed", "Seed of every random choice of the pretraining and the trainings.", QuickStartOptions.DefaultSeed);
        Option<int> iterations = NumberOption.Create(
            "--iterations", "Training steps, of each of the two trainings.", QuickStartOptions.DefaultIterations);
        iterations.Validators.Add(result =>
        {
            // What is no number at all has its own error.
            if (result.Tokens is [var token] && NumberText.TryRead(token.Value, out int number, out _) && number is (< 1 or > 1_000_000))
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
        command.SetAction(result => Run(new QuickStartOptions
        {
            Seed = result.GetValue(seed),
            Iterations = result.GetValue(iterations),
            Output = result.GetValue(output)!.FullName,
            Picture = result.GetValue(picture)?.FullName,
        }));

        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"{parsed.Errors[0].Message} Try --help.");
            return 2;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static int Run(QuickStartOptions options)
    {
        using Interruption interruption = new();
        try
        {
            return new MainJob(options).Run(interruption.Token);
        }
        catch (FileClashException error)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
        catch (OperationCanceledException error) when (interruption.ExitCode is { } exitCode)
        {
            Console.Error.WriteLine(error is InterruptedException ? error.Message : "Cancelled; the next run starts from the beginning");
            return exitCode;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException
            or InvalidOperationException or TypeInitializationException)
        {
            Console.Error.WriteLine($"QuickStart failed: {error.Message}");
            return 1;
        }
    }
}
