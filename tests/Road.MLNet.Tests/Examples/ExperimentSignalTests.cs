using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Examples;

/// <summary>What signals do to <c>Experiments run</c>, and what it refuses to write over.</summary>
[TestClass]
public sealed partial class ExperimentSignalTests
{
    private const string Measurement = "none, seed 1: iteration ";

    [TestMethod]
    public void ASignalKeepsTheRunAtHandAndTheSameCommandGoesOnInside()
    {
        using ExperimentFolder folder = new();
        folder.WriteWeights();
        folder.WriteSchedule(iterations: 1_000_000);
        string[] arguments = ["run", folder.Experiment, "--data", folder.Data, "--output", folder.Combine("out")];
        string checkpoints = Directory.CreateDirectory(folder.Combine("out/small/checkpoints/none_seed-1")).FullName;
        string checkpoint = Path.Combine(checkpoints, "checkpoint.safetensors");

        int iteration;
        using (RunningProgram program = RunningProgram.StartExample("Experiments", arguments))
        {
            // Further than a run that starts again is at its first measurement.
            program.WaitForLine(Measurement);
            program.WaitForLine(Measurement);
            program.WaitForLine(Measurement);
            program.Send(PosixSignal.SIGTERM);
            (int exitCode, string errors) = program.Finish();
            Assert.AreEqual(143, exitCode, errors);
            Match line = CancelledLine().Match(errors);
            Assert.IsTrue(line.Success, errors);
            iteration = int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
            CollectionAssert.AreEquivalent(new[] { checkpoint, Path.Combine(checkpoints, "curve.json") }, Directory.GetFiles(checkpoints));
        }

        using RunningProgram next = RunningProgram.StartExample("Experiments", arguments);
        string measurement = next.WaitForLine(Measurement);
        Assert.IsGreaterThanOrEqualTo(
            iteration, int.Parse(MeasuredIteration().Match(measurement).Groups[1].Value, CultureInfo.InvariantCulture));
        next.Send(PosixSignal.SIGINT);
        Assert.AreEqual(130, next.Finish().ExitCode);
    }

    [TestMethod]
    public void ADryRunIsNotPromisedToGoOn()
    {
        using ExperimentFolder folder = new();
        Directory.CreateDirectory(folder.Combine("out/small-trial"));
        using RunningProgram program = RunningProgram.StartExample(
            "Experiments", "run", folder.Experiment, "--dry-run", "--data", folder.Data, "--output", folder.Combine("out"));
        program.WaitForFile(folder.Combine("out/small-trial/random.safetensors"));
        program.Send(PosixSignal.SIGINT);

        (int exitCode, string errors) = program.Finish();

        Assert.AreEqual(130, exitCode, errors);
        StringAssert.Contains(errors, "a dry run starts from the beginning again");
    }

    [TestMethod]
    [DataRow("checkpoints/road_seed-1/weights.safetensors")]
    [DataRow("runs/weights.safetensors")]
    [DataRow("random.safetensors")]
    public void ResultsOverTheWeightsAreRefusedBeforeAnythingIsWritten(string place)
    {
        using ExperimentFolder folder = new();
        string weights = folder.Combine("out/small-trial/" + place);
        Directory.CreateDirectory(Path.GetDirectoryName(weights)!);
        File.WriteAllText(weights, "the user's");
        folder.Write(
            "networks/small.json",
            $$"""{ "title": "SqueezeNet", "network": "deeplab-squeezenet1_1", "weights": "out/small-trial/{{place}}" }""");
        (int exitCode, string output, string errors) = ExperimentsProgram.Run(
            "run", folder.Experiment, "--dry-run", "--data", folder.Data, "--output", folder.Combine("out"));

        Assert.AreEqual(2, exitCode, output);
        StringAssert.Contains(errors, $"'{weights}' (the weights)");
        Assert.AreEqual("the user's", File.ReadAllText(weights));
    }

    [TestMethod]
    public void ADryRunLeavesWhatIsNotItsOwnInItsFolder()
    {
        using ExperimentFolder folder = new();
        string notes = folder.Combine("out/small-trial/notes.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(notes)!);
        File.WriteAllText(notes, "the user's");
        (int exitCode, _, string errors) = ExperimentsProgram.Run(
            "run", folder.Experiment, "--dry-run", "--only", "none", "--data", folder.Data, "--output", folder.Combine("out"));

        Assert.AreEqual(0, exitCode, errors);
        Assert.AreEqual("the user's", File.ReadAllText(notes));
    }

    [GeneratedRegex(@"\ACancelled after iteration (\d+); go on with the same command\n\z")]
    private static partial Regex CancelledLine();

    [GeneratedRegex(@": iteration (\d+) of ")]
    private static partial Regex MeasuredIteration();
}
