using System.Globalization;
using Road.Reliability.Fuzzing.Mutations;

namespace Road.Reliability.Fuzzing;

/// <summary>The process that uses mutated files; it may die of one.</summary>
internal static class FuzzWorker
{
    /// <summary>What a worker prints once its sound files are made.</summary>
    public const string Ready = "ready";

    /// <summary>
    /// Reads a first number and a count from each line and prints a result for each mutation, until there is no more to read.
    /// </summary>
    public static int Run(string kindName)
    {
        using TextWriter output = Console.Out;
        Console.SetOut(TextWriter.Null);
        string folder = Directory.CreateTempSubdirectory("road-fuzz-").FullName;
        try
        {
            FuzzKind kind = FuzzKinds.Create(kindName, folder);
            string inputs = Path.Combine(folder, "inputs");
            UseSoundFiles(kind, inputs);
            MemoryWatch watch = MemoryWatch.Start(output);
            output.WriteLine(Ready);
            output.Flush();
            while (Console.ReadLine() is { } line)
            {
                string[] words = line.Split(' ');
                int first = int.Parse(words[0], CultureInfo.InvariantCulture);
                for (int i = 0; i < int.Parse(words[1], CultureInfo.InvariantCulture); i++)
                {
                    watch.Begin(first + i);
                    FuzzResult result = Try(kind, first + i, inputs);
                    lock (output)
                    {
                        output.WriteLine(result.Write());
                        output.Flush();
                    }
                }
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Makes sure that the files are taken as long as nothing is wrong with them, or their refusal would say nothing.</summary>
    private static void UseSoundFiles(FuzzKind kind, string folder)
    {
        foreach (FuzzSeed seed in kind.Seeds)
        {
            Directory.CreateDirectory(folder);
            string path = kind.PlaceOf(seed, folder);
            File.WriteAllBytes(path, seed.Content);
            if (kind.Use(seed, path) is { } wrong)
            {
                throw new InvalidOperationException($"The sound file {seed.Name}: {wrong}");
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static FuzzResult Try(FuzzKind kind, int mutation, string folder)
    {
        (FuzzSeed seed, byte[] content) = Mutator.Mutate(kind.Seeds, mutation);
        if (kind.IsSame(seed, content))
        {
            return new FuzzResult(mutation, FuzzOutcome.Same, string.Empty);
        }

        Directory.CreateDirectory(folder);
        string path = kind.PlaceOf(seed, folder);
        File.WriteAllBytes(path, content);
        try
        {
            return kind.Use(seed, path) is { } wrong
                ? new FuzzResult(mutation, FuzzOutcome.Failed, wrong)
                : new FuzzResult(mutation, FuzzOutcome.Accepted, string.Empty);
        }
        catch (Exception error)
        {
            string told = $"{error.GetBaseException().GetType().Name}: {error.Message}";
            return kind.FindFault(error, seed, path) is { } fault
                ? new FuzzResult(mutation, FuzzOutcome.Failed, $"{fault}: {told}")
                : new FuzzResult(mutation, FuzzOutcome.Refused, told);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
