using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Road.Torch;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;

namespace Road.Reliability.Kills;

/// <summary>
/// Ends processes at random moments of an undisturbed one's time, runs them again and compares the files with those of a twin.
/// </summary>
internal static partial class KillsRun
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int SignalledCode = 128;

    // Its file tells of the time that the training took, which differs.
    private const string CheckpointFolder = "state";
    private const string ModelFile = "model.zip";
    private const string NetworkName = "deeplab-squeezenet1_1";

    /// <summary>Runs all and prints a line for each process that was ended.</summary>
    /// <returns>0 where nothing was lost, else 1.</returns>
    public static int Run(int count, int seed, bool signals)
    {
        string root = Directory.CreateTempSubdirectory("road-kills-").FullName;
        try
        {
            return Run(root, count, new Random(seed), signals);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static int Run(string root, int count, Random random, bool signals)
    {
        StreetsJob[] trainings = [.. Trainings(root)];
        StreetsJob[] users = [.. ModelUsers(root, Path.Combine(trainings[0].Folder, ModelFile))];
        Dictionary<StreetsJob, TimeSpan> durations = [];
        _ = DurationOf(trainings[0], durations);

        int failures = 0;
        int trained = 0;
        for (int i = 0; i < count; i++)
        {
            // Of five, three are trainings, which have most to lose.
            StreetsJob job = i % 5 < 3 ? trainings[trained++ % trainings.Length] : users[(i % 5) - 3];
            TimeSpan duration = DurationOf(job, durations);
            double fraction = random.NextDouble();
            int signal = signals ? (i % 2 == 0 ? Interrupt : Terminate) : 0;
            string folder = Path.Combine(root, "ended");
            string told = End(job, folder, duration * fraction, signal, out bool wasEnded);
            string[] wrong =
            [
                .. new[] { told }.Where(static text => text.Length > 0), .. FindHalfWritten(job, folder), .. RunAgain(job, folder),
            ];
            string outcome = wrong.Length > 0 ? "FAIL " + string.Join("; ", wrong) : "the same in the end";
            failures += wrong.Length > 0 ? 1 : 0;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{i + 1,3} {job.Name,-28} {(wasEnded ? "ended" : "had ended")} at {fraction:F2}: {outcome}"));
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine($"{count - failures} of {count} lost nothing");
        return failures > 0 ? 1 : 0;
    }

    /// <summary>How long a job takes that nobody disturbs; its files stay for comparison.</summary>
    private static TimeSpan DurationOf(StreetsJob job, Dictionary<StreetsJob, TimeSpan> known)
    {
        if (!known.TryGetValue(job, out TimeSpan duration))
        {
            known[job] = duration = job.Succeed(job.Folder);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {job.Name,-28} undisturbed {duration.TotalSeconds:F1} s"));
        }

        return duration;
    }

    /// <summary>A training of every variant in every precision.</summary>
    private static IEnumerable<StreetsJob> Trainings(string root)
    {
        TinyDomain domain = new(Path.Combine(root, "data"), 48, 40);
        string classes = Path.Combine(root, "classes.json");
        File.WriteAllText(classes, """
            {"classes": [{"name": "road", "color": [1,2,3], "ids": [0]}, {"name": "car", "color": [4,5,6], "ids": [1]}]}
            """);
        string weights = Path.Combine(root, "backbone.safetensors");
        using (torch.Generator generator = new(11))
        using (SegmentationNetwork network = SegmentationNetworks.Get(NetworkName).Create(2))
        {
            network.InitializeWeights(generator);
            SafetensorsWriter.Write(weights, network.Backbone.state_dict());
        }

        foreach (string variant in AdaptationVariants.Names)
        {
            foreach (string precision in Enum.GetNames<Precision>().Select(static name => name.ToLowerInvariant()))
            {
                yield return new StreetsJob($"{variant} {precision}", Path.Combine(root, variant, precision), folder =>
                [
                    "train", "--source-images", domain.Images, "--source-labels", domain.Labels, "--source-classes", classes,
                    "--target-images", domain.Images, "--model", Path.Combine(folder, ModelFile), "--network", NetworkName,
                    "--backbone-weights", weights, "--crop", "32", "--batch", "1", "--iterations", "12", "--variant", variant,
                    "--precision", precision,
                    "--checkpoint", Path.Combine(folder, CheckpointFolder), "--checkpoint-interval", "2",
                ]);
            }
        }
    }

    /// <summary>What makes other files of a model.</summary>
    private static IEnumerable<StreetsJob> ModelUsers(string root, string model)
    {
        yield return new StreetsJob("export", Path.Combine(root, "export"), folder =>
            ["export", "--model", model, "--onnx", Path.Combine(folder, "model.onnx")]);
        yield return new StreetsJob("predict", Path.Combine(root, "predict"), folder =>
            ["predict", "--model", model, "--images", Path.Combine(root, "data", "images"), "--out", Path.Combine(folder, "masks")]);
    }

    /// <summary>Starts a job and ends it after a time.</summary>
    /// <returns>What is wrong with its exit code, or nothing.</returns>
    private static string End(StreetsJob job, string folder, TimeSpan after, int signal, out bool wasEnded)
    {
        using Process process = job.Start(folder);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        wasEnded = !process.WaitForExit(after);
        if (wasEnded && signal == 0)
        {
            process.Kill(entireProcessTree: true);
        }
        else if (wasEnded)
        {
            _ = Signal(process.Id, signal);
        }

        process.WaitForExit();
        Task.WaitAll(output, errors);
        Directory.CreateDirectory(folder);
        bool isExpected = signal == 0 || !wasEnded || process.ExitCode == SignalledCode + signal || process.ExitCode == 0;
        return isExpected ? string.Empty : $"exit code {process.ExitCode} after signal {signal}: {errors.Result.Trim()}";
    }

    /// <summary>What is there under its name must be whole, whenever the process ended.</summary>
    private static IEnumerable<string> FindHalfWritten(StreetsJob job, string folder)
    {
        SortedDictionary<string, string> whole = StreetsJob.Read(job.Folder);
        foreach ((string file, string content) in StreetsJob.Read(folder))
        {
            if (whole.TryGetValue(file, out string? expected) && content != expected && !IsCheckpoint(file))
            {
                yield return $"{file} is there and not whole";
            }
        }
    }

    private static string[] RunAgain(StreetsJob job, string folder)
    {
        try
        {
            job.Succeed(folder);
        }
        catch (InvalidOperationException error)
        {
            return [error.Message];
        }

        SortedDictionary<string, string> whole = StreetsJob.Read(job.Folder);
        SortedDictionary<string, string> resumed = StreetsJob.Read(folder);
        return
        [
            .. whole.Keys.Except(resumed.Keys).Select(static file => $"{file} is missing"),
            .. resumed.Keys.Except(whole.Keys).Select(static file => $"{file} is left over"),
            .. whole.Keys.Intersect(resumed.Keys).Where(file => !IsCheckpoint(file) && whole[file] != resumed[file])
                .Select(static file => $"{file} is another"),
        ];
    }

    private static bool IsCheckpoint(string file) =>
        file.StartsWith(CheckpointFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
