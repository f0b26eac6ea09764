using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Road.MLNet.Data;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Streets;

/// <summary>What Ctrl+C, a request to terminate and the end of the terminal do to each command.</summary>
[TestClass]
public sealed partial class StreetsSignalTests
{
    // No training of the tests comes to the end of them.
    private const int Endless = 1_000_000;
    private const int ManyImages = 4000;

    [TestMethod]
    [DataRow(PosixSignal.SIGINT, 130)]
    [DataRow(PosixSignal.SIGTERM, 143)]
    [DataRow(PosixSignal.SIGHUP, 129)]
    public void TrainingEndsAfterItsStepAndTheSameCommandGoesOnFromThere(PosixSignal signal, int expectedExitCode)
    {
        using StreetsFolders folders = new();
        string state = Directory.CreateDirectory(folders.Combine("state")).FullName;
        string checkpoint = Path.Combine(state, "checkpoint.safetensors");
        string[] arguments = folders.Train(folders.Combine("model.zip"), Endless, "--checkpoint", state, "--checkpoint-interval", "2");

        using (RunningProgram program = RunningProgram.StartExample("Streets", arguments))
        {
            program.WaitForFile(checkpoint);
            program.Send(signal);
            (int exitCode, string errors) = program.Finish();
            Assert.AreEqual(expectedExitCode, exitCode, errors);
            Match line = CancelledLine().Match(errors);
            Assert.IsTrue(line.Success, errors);
            Assert.AreEqual("go on with the same command", line.Groups[2].Value);
            CollectionAssert.AreEqual(new[] { checkpoint }, Directory.GetFileSystemEntries(state));
            Assert.IsFalse(File.Exists(folders.Combine("model.zip")));

            using RunningProgram next = RunningProgram.StartExample("Streets", arguments);
            next.WaitForLine($"Going on after iteration {line.Groups[1].Value} of {Endless}");
        }
    }

    [TestMethod]
    public void TrainingWithoutACheckpointSaysThatNothingIsKept()
    {
        using StreetsFolders folders = new();
        using RunningProgram program = RunningProgram.StartExample("Streets", folders.Train(folders.Combine("model.zip"), 400));
        program.WaitForLine("Iteration 20 of 400");
        program.Send(PosixSignal.SIGINT);

        (int exitCode, string errors) = program.Finish();

        Assert.AreEqual(130, exitCode, errors);
        Match line = CancelledLine().Match(errors);
        Assert.IsGreaterThanOrEqualTo(20, int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.AreEqual("nothing is kept of it, since there is no --checkpoint", line.Groups[2].Value);
        Assert.IsFalse(File.Exists(folders.Combine("model.zip")));
    }

    [TestMethod]
    public void WhatTheProgramWasStartedToIgnoreStaysIgnored()
    {
        using StreetsFolders folders = new();
        string state = Directory.CreateDirectory(folders.Combine("state")).FullName;
        using RunningProgram program = RunningProgram.StartInShell(
            "trap '' HUP; exec dotnet \"$@\"", "Streets", folders.Train(folders.Combine("model.zip"), 400, "--checkpoint", state));
        program.WaitForLine("Training deeplab-squeezenet1_1");
        program.Send(PosixSignal.SIGHUP);
        program.WaitForLine("Iteration 20 of 400");
        program.Send(PosixSignal.SIGTERM);

        Assert.AreEqual(143, program.Finish().ExitCode);
    }

    [TestMethod]
    public void ASecondSignalEndsWhatIsInHandAtOnce()
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        string pipe = NamedPipe.Create(folders.Combine("model.onnx"));
        using RunningProgram program = RunningProgram.StartExample("Streets", "export", "--model", model, "--onnx", pipe);

        // A pipe holds less than a model, so that the export waits for who reads it.
        using FileStream reader = new(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        program.Send(PosixSignal.SIGTERM);
        program.Send(PosixSignal.SIGINT);

        int exitCode = program.Finish().ExitCode;
        Assert.IsTrue(exitCode is 130 or 143, exitCode.ToString(CultureInfo.InvariantCulture));
    }

    [TestMethod]
    public void AnExportThatIsBeingWrittenIsWrittenWhole()
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        StreetsProgram.Succeed("export", "--model", model, "--onnx", folders.Combine("whole.onnx"));
        string pipe = NamedPipe.Create(folders.Combine("model.onnx"));
        using RunningProgram program = RunningProgram.StartExample("Streets", "export", "--model", model, "--onnx", pipe);
        using FileStream reader = new(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        program.Send(PosixSignal.SIGINT);

        using MemoryStream written = new();
        reader.CopyTo(written);

        (int exitCode, string errors) = program.Finish();
        Assert.AreEqual(0, exitCode, errors);
        CollectionAssert.AreEqual(File.ReadAllBytes(folders.Combine("whole.onnx")), written.ToArray());
    }

    [TestMethod]
    public void PredictionEndsAfterItsImageAndLeavesWholeMasksAlone()
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        string images = folders.LinkMany("many", ManyImages, folders.Image(0));
        string output = Directory.CreateDirectory(folders.Combine("masks")).FullName;
        using RunningProgram program = RunningProgram.StartExample(
            "Streets", "predict", "--model", model, "--images", images, "--out", output);
        program.WaitForFile(Path.Combine(output, "0000.png"));
        program.Send(PosixSignal.SIGTERM);

        (int exitCode, string errors) = program.Finish();

        Assert.AreEqual(143, exitCode, errors);
        string[] files = Directory.GetFiles(output);
        Assert.AreEqual(
            $"Cancelled after {files.Length / 2} of {ManyImages} images; their masks are in {output}, and the same command starts with "
            + "the first again, and goes on with --skip-existing",
            errors.TrimEnd());
        foreach (string file in files)
        {
            LabelPng mask = LabelPngReader.Read(file);
            Assert.AreEqual((48, 40), (mask.Width, mask.Height), file);
        }
    }

    [TestMethod]
    public void EvaluationWritesNoReport()
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        string images = folders.LinkMany("many", ManyImages, folders.Image(0));
        string labels = folders.LinkMany("truth", ManyImages, folders.Label(0));
        string json = folders.Combine("report.json");
        using RunningProgram program = RunningProgram.StartExample(
            "Streets", "evaluate", "--model", model, "--images", images, "--labels", labels, "--classes", folders.ClassesFile,
            "--json", json);
        program.WaitForLine($"Scoring {ManyImages} images");
        program.Send(PosixSignal.SIGINT);

        (int exitCode, string errors) = program.Finish();

        Assert.AreEqual(130, exitCode, errors);
        StringAssert.Matches(errors.TrimEnd(), EvaluationLine());
        Assert.IsFalse(File.Exists(json));
    }

    [GeneratedRegex(@"\ACancelled after iteration (\d+); (.+)\n\z")]
    private static partial Regex CancelledLine();

    [GeneratedRegex(@"\ACancelled after \d+ images; no report was written\z")]
    private static partial Regex EvaluationLine();
}
