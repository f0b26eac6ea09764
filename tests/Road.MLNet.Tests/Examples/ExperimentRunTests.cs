using System.Text.Json.Nodes;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Examples;

/// <summary>How <c>Experiments run</c> goes through a matrix of runs, and on after a break.</summary>
[TestClass]
public sealed class ExperimentRunTests
{
    [TestMethod]
    public async Task AMatrixThatWasKilledGoesOnAndEndsWithTheSameNumbers()
    {
        using ExperimentFolder folder = new();
        folder.WriteWeights();
        (int exitCode, string output, string errors) = Run(folder, "whole");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "[2/2] road, seed 1: mIoU ");
        JsonObject whole = Read(folder, "whole", "road");
        CollectionAssert.AreEqual(
            new[] { 2, 4 }, whole["curve"]!.AsArray().Select(point => point!["iteration"]!.GetValue<int>()).ToArray());
        Assert.AreEqual(whole["curve"]![1]!["meanIoU"]!.GetValue<double>(), whole["lastMeanIoU"]!.GetValue<double>());
        Assert.AreEqual(
            whole["curve"]!.AsArray().Max(point => point!["meanIoU"]!.GetValue<double>()), whole["bestMeanIoU"]!.GetValue<double>());
        foreach (string name in new[] { "variant", "seed", "iterations", "bestIteration", "classIoU", "seconds", "confusionMatrix",
            "settings", "machine", "worstImages", "boundaryMeanIoU", "classBoundaryIoU" })
        {
            Assert.IsNotNull(whole[name], name);
        }

        AssertHasDetails(whole);
        string first = ResultFile(folder, "broken", "none");
        await Programs.KillOnceThereIsAsync(first, () => ExperimentsProgram.Start(Arguments(folder, "broken")));

        DateTime written = File.GetLastWriteTimeUtc(first);
        (exitCode, output, errors) = Run(folder, "broken");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "[1/2] none, seed 1: done already");
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(first));
        foreach (string variant in new[] { "none", "road" })
        {
            Assert.AreEqual(Numbers(Read(folder, "whole", variant)), Numbers(Read(folder, "broken", variant)));
        }
    }

    [TestMethod]
    public async Task ARunThatWasKilledGoesOnInsideAndHasTheWholeCurve()
    {
        using ExperimentFolder folder = new();
        folder.WriteWeights();
        folder.WriteSchedule(iterations: 8);
        folder.WriteExperiment(""" "variants": ["road"], "seeds": [1] """);
        (int exitCode, _, string errors) = Run(folder, "whole");
        Assert.AreEqual(0, exitCode, errors);

        string checkpoint = folder.Combine("broken/small/checkpoints/road_seed-1/checkpoint.safetensors");
        await Programs.KillOnceThereIsAsync(checkpoint, () => ExperimentsProgram.Start(Arguments(folder, "broken")));

        Assert.IsTrue(File.Exists(checkpoint));
        Assert.IsTrue(File.Exists(folder.Combine("broken/small/checkpoints/road_seed-1/curve.json")));
        (exitCode, _, errors) = Run(folder, "broken");
        Assert.AreEqual(0, exitCode, errors);
        Assert.AreEqual(Numbers(Read(folder, "whole", "road")), Numbers(Read(folder, "broken", "road")));
        Assert.IsFalse(Directory.Exists(folder.Combine("broken/small/checkpoints")));
    }

    [TestMethod]
    public void FewOfTheTargetsLabelsAreARowOfTheirOwn()
    {
        using ExperimentFolder folder = new();
        folder.WriteWeights();
        folder.Write("data/small.json", """
            {
              "title": "Small",
              "source": { "images": "source", "labels": "labels", "classes": "classes.json" },
              "target": { "images": "source", "labels": "labels", "classes": "classes.json", "size": "32x32" },
              "test": { "images": "source", "labels": "labels", "classes": "classes.json" }
            }
            """);
        folder.WriteExperiment("""
            "variants": ["none", "few-labels-4", { "name": "all", "variant": "self-training", "targetLabels": "1/1" }], "seeds": [1]
            """);
        (int exitCode, string output, string errors) = Run(folder, "out");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "[3/3] all, seed 1: mIoU ");

        Assert.IsNull(Read(folder, "out", "none")["settings"]!["targetLabels"]);
        JsonObject few = Read(folder, "out", "few-labels-4");
        Assert.AreEqual("1/4", few["settings"]!["targetLabels"]!.GetValue<string>());
        Assert.AreNotEqual(Numbers(Read(folder, "out", "none")), Numbers(few));
        Assert.AreEqual("1/1", Read(folder, "out", "all")["settings"]!["targetLabels"]!.GetValue<string>());
    }

    [TestMethod]
    public void SeveralSourcesAreMixed()
    {
        using ExperimentFolder folder = new();
        folder.WriteWeights();
        folder.Write("data/small.json", """
            {
              "title": "Small",
              "source": [
                { "images": "source", "labels": "labels", "classes": "classes.json", "weight": 2 },
                { "images": "source", "labels": "labels", "classes": "classes.json", "size": "64x48" }
              ],
              "target": { "images": "target", "size": "32x32" },
              "test": { "images": "source", "labels": "labels", "classes": "classes.json" }
            }
            """);
        folder.WriteExperiment(""" "variants": ["none"], "seeds": [1] """);
        (int exitCode, _, string errors) = Run(folder, "out");
        Assert.AreEqual(0, exitCode, errors);
        JsonArray sources = Read(folder, "out", "none")["settings"]!["source"]!.AsArray();
        Assert.AreEqual("2 1", string.Join(' ', sources.Select(static source => source!["weight"]!.GetValue<double>())));
        Assert.AreEqual("64x48", sources[1]!["size"]!.GetValue<string>());
    }

    [TestMethod]
    public void ARowThatIsAnotherUnderASecondNameIsNotTrainedAgain()
    {
        using ExperimentFolder folder = new();
        folder.WriteWeights();
        folder.WriteExperiment(""" "variants": ["spatial", "spatial-3x3"], "seeds": [1] """);
        (int exitCode, string output, string errors) = Run(folder, "out");

        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "[2/2] spatial-3x3, seed 1: done already");
        JsonObject twin = Read(folder, "out", "spatial-3x3");
        Assert.AreEqual("spatial-3x3", twin["variant"]!.GetValue<string>());
        Assert.AreEqual("spatial-3x3", twin["settings"]!["method"]!.GetValue<string>());
        Assert.AreEqual(Read(folder, "out", "spatial")["confusionMatrix"]!.ToJsonString(), twin["confusionMatrix"]!.ToJsonString());

        // The copy is a finished run like any other.
        (exitCode, output, errors) = Run(folder, "out");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "[1/2] spatial, seed 1: done already");
    }

    [TestMethod]
    public void ASettingOfAMethodMakesARunAnother()
    {
        using ExperimentFolder folder = new();
        folder.WriteWeights();
        folder.WriteExperiment("""
            "variants": [
              "distillation", { "name": "until", "variant": "distillation", "set": { "distillation.endIteration": 2 } },
              { "name": "slow", "variant": "distillation", "set": { "distillation.learningRateMultiplier": 2 } }
            ], "seeds": [1]
            """);
        (int exitCode, string output, string errors) = Run(folder, "out");

        Assert.AreEqual(0, exitCode, errors);
        Assert.DoesNotContain("done already", output);
        Assert.AreEqual(2, Read(folder, "out", "until")["settings"]!["distillation.endIteration"]!.GetValue<int>());
        Assert.AreEqual(2.0, Read(folder, "out", "slow")["settings"]!["distillation.learningRateMultiplier"]!.GetValue<double>());
    }

    [TestMethod]
    public void ARecipeIsToldOfByWhatItSetsAndWhatAFileStatesWins()
    {
        using ExperimentFolder folder = new();
        folder.WriteWeights();
        folder.Write(
            "schedules/short.json",
            """{ "recipe": "strong", "weightAveraging.decay": 0.5, "blurSigma": 0.25, "iterations": 1, "cropSize": 32, "batchSize": 1 }""");
        folder.WriteExperiment("""
            "variants": [
              { "name": "wide", "variant": "none", "set": { "cropScale": [1, 3, "log"] } },
              { "name": "plain", "variant": "none", "set": { "recipe": "paper" } }
            ],
            "seeds": [1]
            """);
        (int exitCode, _, string errors) = Run(folder, "out");
        Assert.AreEqual(0, exitCode, errors);

        JsonObject wide = Read(folder, "out", "wide")["settings"]!.AsObject();
        Assert.AreEqual("""[1,3,"log"]""", wide["cropScale"]!.ToJsonString());
        Assert.AreEqual("""[1,1.5,"log"]""", wide["crops.targetScale"]!.ToJsonString());
        Assert.AreEqual((0.5, 0.5), (Number(wide, "brightnessJitter"), Number(wide, "contrastJitter")));
        Assert.AreEqual((0.5, 0.25), (Number(wide, "saturationJitter"), Number(wide, "blurSigma")));

        Assert.AreEqual(0.5, Number(wide, "weightAveraging.decay"));

        JsonObject plain = Read(folder, "out", "plain")["settings"]!.AsObject();
        Assert.AreEqual(0.25, Number(plain, "blurSigma"));
        foreach (string name in new[] { "cropScale", "crops.targetScale", "brightnessJitter", "contrastJitter", "saturationJitter" })
        {
            Assert.IsFalse(plain.ContainsKey(name), name);
        }

        static double Number(JsonObject settings, string name) => settings[name]!.GetValue<double>();
    }

    [TestMethod]
    public void ChangedSettingsAreRefusedWithWhatDiffers()
    {
        using ExperimentFolder folder = new();
        folder.WriteWeights();
        folder.WriteExperiment(""" "variants": ["none"], "seeds": [1] """);
        Assert.AreEqual(0, Run(folder, "out").ExitCode);
        folder.WriteSchedule(iterations: 6);
        (int exitCode, string output, string errors) = Run(folder, "out");

        Assert.AreEqual(2, exitCode, output);
        StringAssert.Contains(errors, ResultFile(folder, "out", "none") + " was made with other settings: iterations was 4 and is now 6.");
    }

    [TestMethod]
    [DataRow("--only", "some", "--only is 'some'; it must be one of none, road.")]
    [DataRow("--seed", "3", "--seed is 3; it must be one of 1.")]
    [DataRow("--device", "gpu", "--device is 'gpu'; it must be cpu, or cuda: and the number of a GPU.")]
    [DataRow("--data", "nowhere", "There is no data folder")]
    public void ChoicesThatFitNothingAreRefused(string option, string value, string message)
    {
        using ExperimentFolder folder = new();
        string[] data = option == "--data" ? [] : ["--data", folder.Data];
        (int exitCode, string output, string errors) = ExperimentsProgram.Run(["run", folder.Experiment, option, value, .. data]);
        Assert.AreEqual(2, exitCode, output);
        StringAssert.Contains(errors, message);
    }

    [TestMethod]
    public void ADryRunNeedsNoWeightsKeepsApartAndItsPageShowsPicturesWhereTheDataIs()
    {
        using ExperimentFolder folder = new();
        (int exitCode, _, string errors) = ExperimentsProgram.Run(
            "run", folder.Experiment, "--dry-run", "--only", "road", "--data", folder.Data, "--output", folder.Combine("out"));
        Assert.AreEqual(0, exitCode, errors);
        Assert.IsTrue(File.Exists(folder.Combine("out/small-trial/runs/road_seed-1.json")));
        Assert.IsFalse(Directory.Exists(folder.Combine("out/small")));
        AssertShowsPictures(folder.Combine("out/small-trial"), folder.Data, isShown: true);
        AssertShowsPictures(folder.Combine("out/small-trial"), folder.Combine("out"), isShown: false);
    }

    /// <summary>Each image has a score, the worst are its lowest, and every labelled pixel is in a bin of confidence.</summary>
    private static void AssertHasDetails(JsonObject result)
    {
        double[] images = [.. result["imageIoU"]!.AsArray().Select(static score => score!.GetValue<double>())];
        JsonArray worst = result["worstImages"]!.AsArray();
        JsonObject calibration = result["calibration"]!.AsObject();

        Assert.HasCount(Math.Min(12, images.Length), worst);
        CollectionAssert.AreEqual(
            images.Order().Take(12).ToArray(), worst.Select(static image => image!["meanIoU"]!.GetValue<double>()).ToArray());
        foreach (JsonNode? image in worst)
        {
            Assert.AreEqual(images[image!["row"]!.GetValue<int>()], image["meanIoU"]!.GetValue<double>());
        }

        Assert.AreEqual(
            result["confusionMatrix"]!.AsArray().Sum(static row => row!.AsArray().Sum(static count => count!.GetValue<long>())),
            calibration["pixels"]!.AsArray().Sum(static count => count!.GetValue<long>()));
        Assert.HasCount(15, calibration["accuracy"]!.AsArray());
        Assert.IsInRange(0.5, 1, calibration["meanConfidence"]!.GetValue<double>(), "The larger of two probabilities.");
        Assert.IsInRange(0, 1, calibration["expectedError"]!.GetValue<double>());
    }

    private static void AssertShowsPictures(string results, string data, bool isShown)
    {
        (int exitCode, string output, string errors) = ExperimentsProgram.Run("report", results, "--data", data);
        Assert.AreEqual(0, exitCode, errors);
        string page = File.ReadAllText(Path.Combine(results, "report.html"));
        Assert.AreEqual(isShown, page.Contains("<img alt=\"Image\" src=\"data:image/jpeg;base64,", StringComparison.Ordinal));
        Assert.AreEqual(isShown, page.Contains("<img alt=\"ROAD (both parts)\" src=\"data:image/png;base64,", StringComparison.Ordinal));
        Assert.AreEqual(!isShown, output.Contains("The page has no pictures of the data", StringComparison.Ordinal));
        Assert.DoesNotContain("base64", File.ReadAllText(Path.Combine(results, "report.md")));

        // The worst images: photographs in the page alone, masks in a file for the Markdown.
        string wrong = File.ReadAllText(Path.Combine(results, "what-goes-wrong.html"));
        Assert.AreEqual(isShown, wrong.Contains("<img alt=\"Image\" src=\"data:image/jpeg;base64,", StringComparison.Ordinal));
        Assert.AreEqual(
            isShown, wrong.Contains("<img alt=\"Wrong pixels\" src=\"data:image/png;base64,", StringComparison.Ordinal));
        string markdown = File.ReadAllText(Path.Combine(results, "what-goes-wrong.md"));
        Assert.DoesNotContain("base64", markdown);
        string[] shown = [.. markdown.Split("](").Skip(1).Select(static part => part.Split(')')[0]).Where(
            static link => link.EndsWith(".png", StringComparison.Ordinal))];
        Assert.HasCount(isShown ? 2 : 0, shown);
        Assert.IsTrue(shown.All(link => File.Exists(Path.Combine(results, link))));
    }

    private static string[] Arguments(ExperimentFolder folder, string output) =>
        ["run", folder.Experiment, "--data", folder.Data, "--output", folder.Combine(output)];

    private static (int ExitCode, string Output, string Errors) Run(ExperimentFolder folder, string output) =>
        ExperimentsProgram.Run(Arguments(folder, output));

    private static string ResultFile(ExperimentFolder folder, string output, string variant) =>
        folder.Combine($"{output}/small/runs/{variant}_seed-1.json");

    private static JsonObject Read(ExperimentFolder folder, string output, string variant) =>
        JsonNode.Parse(File.ReadAllText(ResultFile(folder, output, variant)))!.AsObject();

    /// <summary>A result without its times.</summary>
    private static string Numbers(JsonObject result)
    {
        result.Remove("seconds");
        foreach (JsonNode? point in result["curve"]!.AsArray())
        {
            point!.AsObject().Remove("seconds");
        }

        return result.ToJsonString();
    }
}
