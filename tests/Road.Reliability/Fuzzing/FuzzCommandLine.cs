using System.CommandLine;
using System.Globalization;
using Road.Reliability.Fuzzing.Mutations;

namespace Road.Reliability.Fuzzing;

/// <summary><c>fuzz</c>: damaged files of every kind, each of which must be refused or do no harm.</summary>
internal static class FuzzCommandLine
{
    /// <summary>The command of the processes that try files.</summary>
    public const string WorkerCommand = "fuzz-worker";

    private const int ShownAlike = 3;
    private const int ShownSorts = 20;
    private const int ShownLength = 240;

    /// <summary>The command of users.</summary>
    public static Command Create()
    {
        Option<int> count = Numbers.Option("--count", "How many mutations, over all kinds.", 4_000);
        Option<int> seed = Numbers.Option("--seed", "Another seed gives other mutations.", 1);
        Option<string?> kind = new("--kind") { Description = "One kind alone.", HelpName = "NAME" };
        kind.AcceptOnlyFromAmong(FuzzKinds.Names);
        Option<string?> replay = new("--replay")
        {
            Description = "Tries one mutation in this process, and shows what comes of it.",
            HelpName = "KIND:NUMBER",
        };
        Option<string?> write = new("--write") { Description = "With --replay: where the mutated file is written.", HelpName = "FILE" };
        Command command = new("fuzz", "Damages files and sees whether the product notices.") { count, seed, kind, replay, write };
        replay.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !TryParse(token.Value, out _, out _))
            {
                string kinds = string.Join(", ", FuzzKinds.Names);
                result.AddError($"--replay is '{token.Value}'; it must be one of {kinds}, a colon and a number.");
            }
        });
        command.SetAction(result => result.GetValue(replay) is { } one
            ? Replay(one, result.GetValue(write))
            : Run(result.GetValue(kind) is { } name ? [name] : FuzzKinds.Names, result.GetValue(count), result.GetValue(seed)));
        return command;
    }

    /// <summary>The command of the processes that the first one starts.</summary>
    public static Command CreateWorker()
    {
        Argument<string> kind = new("KIND");
        Command command = new(WorkerCommand) { kind };
        command.Hidden = true;
        command.SetAction(result => FuzzWorker.Run(result.GetRequiredValue(kind)));
        return command;
    }

    private static int Run(string[] kinds, int count, int seed)
    {
        bool hasFailed = false;
        Console.WriteLine($"{"kind",-12} {"tried",8} {"refused",8} {"accepted",8} {"failed",8}");
        foreach (string kind in kinds)
        {
            using FuzzRun run = new(kind);
            run.Try(unchecked(seed * 100_000_007), kinds.Length == 1 ? count : FuzzKinds.Share(kind, count));
            FuzzTally tally = run.Tally;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{kind,-12} {tally.Tried,8} {tally[FuzzOutcome.Refused],8} "
                + $"{tally[FuzzOutcome.Accepted],8} {tally[FuzzOutcome.Failed],8}"));
            foreach (IReadOnlyList<FuzzResult> alike in tally.Failures.Take(ShownSorts))
            {
                string detail = alike[0].Detail;
                Console.WriteLine($"  {alike.Count} x {detail[..Math.Min(detail.Length, ShownLength)]}");
                Console.WriteLine($"      {string.Join(" ", alike.Take(ShownAlike).Select(failure => $"{kind}:{failure.Mutation}"))}");
            }

            hasFailed |= tally[FuzzOutcome.Failed] > 0;
        }

        Console.WriteLine($"A worker may grow by {MemoryWatch.Bound >> 20} MiB; --replay KIND:NUMBER tries one again.");
        return hasFailed ? 1 : 0;
    }

    private static int Replay(string text, string? file)
    {
        if (!TryParse(text, out string kindName, out int mutation))
        {
            throw new ArgumentException($"'{text}' is no kind and number.", nameof(text));
        }

        string folder = Directory.CreateTempSubdirectory("road-fuzz-").FullName;
        try
        {
            FuzzKind kind = FuzzKinds.Create(kindName, folder);
            (FuzzSeed seed, byte[] content) = Mutator.Mutate(kind.Seeds, mutation);
            string path = kind.PlaceOf(seed, Directory.CreateDirectory(Path.Combine(folder, "inputs")).FullName);
            File.WriteAllBytes(path, content);
            if (file is not null)
            {
                File.WriteAllBytes(file, content);
            }

            string what = kind.IsSame(seed, content) ? "the same content" : "other content";
            Console.WriteLine($"{seed.Name}, {seed.Content.Length} bytes, became {content.Length} bytes of {what}");
            Console.WriteLine(kind.Use(seed, path) ?? "accepted");
            return 0;
        }
        catch (Exception error)
        {
            Console.WriteLine(error);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool TryParse(string text, out string kind, out int mutation)
    {
        string[] parts = text.Split(':');
        kind = parts[0];
        mutation = 0;
        return parts.Length == 2 && FuzzKinds.Names.Contains(kind)
            && int.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out mutation);
    }
}
