using System.Text.Json;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Examples;

/// <summary>How <c>Experiments</c> reads its files.</summary>
[TestClass]
public sealed class ExperimentFileTests
{
    [TestMethod]
    public void TheResultsOfTheRepositoryAreShownWithoutAnOption()
    {
        (int exitCode, string output, string errors) = ExperimentsProgram.Run("list", "airsim-camvid");
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Matches(output, new System.Text.RegularExpressions.Regex(@"airsim-camvid\s+road\s+[1-9]\d* of"));
    }

    [TestMethod]
    public void AnExperimentIsComposedOfVariantsSweepsAndSeeds()
    {
        using ExperimentFolder folder = new();
        folder.WriteExperiment("""
            "variants": ["none", "spatial-2x1", { "name": "strong", "variant": "spatial", "set": { "spatialWeight": 0.1 } }],
            "sweeps": [{ "variant": "strong", "option": "spatialWeight", "values": [0.1, 0.3], "seeds": [1] }],
            "seeds": [1, 2]
            """);
        (int exitCode, string output, string errors) = ExperimentsProgram.Run("list", folder.Experiment, "--output", folder.Combine("out"));

        Assert.AreEqual(0, exitCode, errors);
        string[] rows = [
            .. output.Split('\n').Select(
                line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))).Where(
                    line => line.StartsWith("small", StringComparison.Ordinal))];

        // The swept value 0.1 is what the variant has anyway.
        CollectionAssert.AreEqual(
            new[] { "small none 0 of 2", "small spatial-2x1 0 of 2", "small strong 0 of 2", "small strong_spatialWeight-0.3 0 of 1" }, rows,
            output);
    }

    [TestMethod]
    public void AMethodOfOnesOwnIsAVariantByOneLine()
    {
        using ExperimentFolder folder = new();
        string methods = JsonSerializer.Serialize(Programs.Sibling("Road.MLNet.Tests.Extension"));
        folder.WriteExperiment($$"""
            "methods": [{{methods}}],
            "variants": ["none", { "name": "coral", "variant": "correlation-alignment", "set": { "correlation-alignment.weight": 0.5 } }],
            "seeds": [1]
            """);
        (int exitCode, string output, string errors) = ExperimentsProgram.Run("list", folder.Experiment, "--output", folder.Combine("out"));
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "coral");

        folder.WriteExperiment($$"""
            "methods": [{{methods}}],
            "variants": [{ "name": "coral", "variant": "correlation-alignment", "set": { "correlation-alignment.wait": 0.5 } }],
            "seeds": [1]
            """);
        (exitCode, _, errors) = ExperimentsProgram.Run("list", folder.Experiment, "--output", folder.Combine("out"));
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, "there is no property 'variants[0].set.correlation-alignment.wait' (it is 0.5)");
    }

    [TestMethod]
    public void CropsAreChangedAsAScheduleSays()
    {
        using ExperimentFolder folder = new();
        folder.Write(
            "schedules/short.json",
            """
            { "iterations": 4, "loading.rareClasses": 0.05, "cropScale": [0.5, 2, "log"], "crops.targetScale": [1, 1.5], "blurSigma": 1,
              "contrastJitter": 0.5, "crops.hueJitter": 0.1 }
            """);
        (int exitCode, _, string errors) = ExperimentsProgram.Run("list", folder.Experiment, "--output", folder.Combine("out"));
        Assert.AreEqual(0, exitCode, errors);
    }

    [TestMethod]
    [DataRow(""" "few-labels-16" """, "which needs labels of the target domain; the data names none.")]
    [DataRow(
        """ { "name": "few", "variant": "none", "targetLabels": "16" } """,
        "'variants[0].targetLabels' is \"16\"; it must be 1, a slash and a number, such as \"1/16\".")]
    public void FewLabelsThatCannotBeTakenAreNamed(string variant, string expected)
    {
        using ExperimentFolder folder = new();
        folder.WriteExperiment($""" "variants": [{variant}], "seeds": [1] """);
        (int exitCode, _, string errors) = ExperimentsProgram.Run("list", folder.Experiment, "--output", folder.Combine("out"));
        Assert.AreEqual(2, exitCode, errors);
        StringAssert.Contains(errors, expected);
    }

    [TestMethod]
    public void TheOptimizerIsChosenByNameBeforeItsSettings()
    {
        using ExperimentFolder folder = new();
        folder.WriteExperiment("""
            "variants": ["none", { "name": "sgd", "variant": "none", "set": { "optimizer": "sgd", "weightDecay": 0.01 } }],
            "sweeps": [{ "variant": "none", "option": "weightDecay", "values": [0.01, 0.02] }],
            "seeds": [1]
            """);
        folder.Write("schedules/short.json", """{ "weightDecay": 0.01, "optimizer": "adamw", "iterations": 4 }""");
        (int exitCode, string output, string errors) = ExperimentsProgram.Run("list", folder.Experiment, "--output", folder.Combine("out"));
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "none_weightDecay-0.02");
        Assert.IsFalse(output.Contains("none_weightDecay-0.01", StringComparison.Ordinal), output);

        folder.Write("schedules/short.json", """{ "optimizer": "adam", "iterations": 4 }""");
        AssertRefused(folder, "short.json: 'optimizer' is \"adam\"; it must be one of sgd, adamw");
        folder.Write("schedules/short.json", """{ "optimizer": "adamw", "momentum": 0.9, "iterations": 4 }""");
        AssertRefused(folder, "Momentum belongs to SgdOptions, and Optimizer is AdamWOptions.");
    }

    [TestMethod]
    public void TheLossIsComposedAsAScheduleSays()
    {
        using ExperimentFolder folder = new();
        folder.Write(
            "schedules/short.json",
            """
            { "iterations": 4, "losses.classWeights": "frequency:0.25", "losses.diceWeight": 0.5, "losses.focalGamma": 2,
              "losses.hardPixelThreshold": 0.7, "losses.hardPixelShare": 0.1, "losses.labelSmoothing": 0.1 }
            """);

        // Of three variants only the first has the schedule's weights, and so the same settings as the value swept over.
        folder.WriteExperiment("""
            "variants": ["none", { "name": "alike", "variant": "none", "set": { "losses.classWeights": "none" } }],
            "sweeps": [{ "variant": "none", "option": "losses.focalGamma", "values": [2, 3] }],
            "seeds": [1]
            """);
        (int exitCode, string output, string errors) = ExperimentsProgram.Run("list", folder.Experiment, "--output", folder.Combine("out"));
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "none_losses.focalGamma-3");
        Assert.IsFalse(output.Contains("none_losses.focalGamma-2", StringComparison.Ordinal), output);

        folder.Write("schedules/short.json", """{ "iterations": 4, "losses.classWeights": "frequency:0,25" }""");
        AssertRefused(folder, "short.json: 'losses.classWeights' is \"frequency:0,25\": '0,25' is not a number: write 0.25");
        folder.Write("schedules/short.json", """{ "iterations": 4, "losses.classWeights": "effective:0.5" }""");
        AssertRefused(folder, "'effective:0.5' must be none, frequency[:POWER] or effective-number[:BETA]");
        folder.Write("schedules/short.json", """{ "iterations": 4, "losses.classWeights": 0.5 }""");
        AssertRefused(folder, "it must be none, frequency[:POWER] or effective-number[:BETA].");
        folder.Write("schedules/short.json", """{ "iterations": 4, "losses.focalGamma": 11 }""");
        AssertRefused(folder, "FocalGamma is 11; it must be 0 to 10.");
    }

    [TestMethod]
    public void ExperimentsThatComeWithTheProgramAreWhole()
    {
        (int exitCode, string output, string errors) = ExperimentsProgram.Run("list", "--output", Path.GetTempPath() + Guid.NewGuid());

        Assert.AreEqual(0, exitCode, errors);
        foreach (string name in new[] { "airsim-camvid", "carla-camvid", "carla-cityscapes", "gta5-cityscapes-deeplab-resnet101",
            "gta5-cityscapes-deeplab-vgg16", "gta5-cityscapes-pspnet-resnet101", "synthia-cityscapes-deeplab-resnet101",
            "synthia-cityscapes-deeplab-vgg16", "synthia-cityscapes-pspnet-resnet101" })
        {
            StringAssert.Contains(output, name);
        }
    }

    [TestMethod]
    [DataRow("small.json", "{ \"title\": ", "small.json is no JSON")]
    [DataRow("data/small.json", """{ "title": "\ud800" }""", "small.json holds text that is no Unicode")]
    [DataRow("small.json", "[1]", "small.json: expected an object in braces, not [1]")]
    [DataRow(
        "small.json", """{ "title": "T", "data": "large", "network": "small", "adaptation": "paper", "schedule": "short" }""",
        "small.json: 'data' is \"large\"; it must be one of small")]
    [DataRow(
        "data/small.json", """{ "title": "T", "source": { "preset": "gta", "root": "x" } }""",
        "small.json: 'source.preset' is \"gta\"; it must be one of camvid, cityscapes, gta5, synthia")]
    [DataRow(
        "networks/small.json", """{ "title": "T", "network": "unet", "weights": "imagenet" }""",
        "small.json: 'network' is \"unet\"; it must be one of deeplab-")]
    [DataRow(
        "networks/small.json", """{ "title": "T", "network": "deeplab-vgg61", "weights": "imagenet" }""",
        "; did you mean 'deeplab-vgg16'?")]
    [DataRow(
        "networks/small.json", """{ "title": "T", "network": "deeplab-resnet18", "weights": "imagenet", "outputStride": 12 }""",
        "small.json: 'outputStride' is 12: OutputStride is 12; it must be 8, 16 or 32.")]
    [DataRow(
        "networks/small.json", """{ "title": "T", "network": "fcn8s-vgg16", "weights": "imagenet", "outputStride": 8 }""",
        "small.json: 'outputStride' is 8; it must be left out: fcn8s-vgg16 has one that is fixed.")]
    [DataRow("data/small.json", """{ "title": "T", "source": { "preset": "cityscape", "root": "x" } }""", "; did you mean 'cityscapes'?")]
    [DataRow(
        "small.json", """{ "title": "T", "data": "smal", "network": "small", "adaptation": "paper", "schedule": "short" }""",
        "; did you mean 'small'?")]
    [DataRow(
        "adaptations/paper.json", """{ "lambda": 1 }""",
        "paper.json: there is no property 'lambda' (it is 1); possible are distillationWeight, globalAlignmentWeight, "
        + "imageDistributionWeight, landmarkWeight, preparationCrops, sizeConstraintWeight, spatialWeight, spatialWeightReading, "
        + "targetLabelCrops, targetLabelWeight.")]
    [DataRow(
        "data/small.json",
        """{ "title": "T", "source": [{ "images": "a", "labels": "b", "classes": "c", "weight": 0 }] }""",
        "small.json: 'source[0].weight' is 0; it must be a number greater than 0 and at most 1000000")]
    [DataRow("schedules/short.json", """{ "iterations": 1.5 }""", "short.json: 'iterations' is 1.5; it must be a whole number")]
    [DataRow(
        "schedules/short.json", """{ "cropScale": [0.5] }""",
        "short.json: 'cropScale' is [0.5]; it must be a list of two numbers, the least and the largest scale")]
    [DataRow("schedules/short.json", """{ "crops.targetScale": [2, 1] }""", "Scale is 2 to 1; it must be 0.1 to 10, the minimum first.")]
    [DataRow(
        "schedules/short.json", """{ "recipe": "stong" }""",
        "short.json: 'recipe' is \"stong\"; it must be one of paper, strong; did you mean 'strong'?")]
    [DataRow(
        "schedules/short.json", """{ "loading.rareClasses": 0 }""", "Temperature is 0; it must be greater than 0 and at most 1000.")]
    [DataRow(
        "schedules/short.json", """{ "loading.rareClasses": "often" }""",
        "'loading.rareClasses' is \"often\"; it must be a number, the temperature, or true for the published one")]
    [DataRow("schedules/short.json", """{ "iterations": 0 }""", "short.json: 'iterations' is 0: Iterations is 0; it must be 1 to 10000000")]
    [DataRow(
        "schedules/short.json", """{ "device": "gpu" }""",
        "short.json: 'device' is \"gpu\"; it must be cpu, or cuda: and the number of a GPU")]
    [DataRow(
        "schedules/short.json", """{ "cropsize": 1 }""", "short.json: there is no property 'cropsize' (it is 1); possible are batchSize, ")]
    [DataRow("schedules/short.json", """{ "iteratons": 1 }""", "weightDecay; did you mean 'iterations'?")]
    [DataRow(
        "data/small.json", """{ "titel": "T" }""", "small.json: the property 'title' is missing; there is 'titel': did you mean 'title'?")]
    public void AMistakeIsNamedWithFilePropertyValueAndWhatIsAllowed(string file, string content, string message)
    {
        using ExperimentFolder folder = new();
        folder.Write(file, content);
        AssertRefused(folder, message);
    }

    [TestMethod]
    [DataRow(""" "variants": ["none"] """, "the property 'seeds' is missing")]
    [DataRow(
        """ "variants": ["none"], "seeds": [1, 1] """, "'seeds' is [1, 1]; it must be a list of whole numbers of 0 or more, each once")]
    [DataRow(""" "variants": ["nothing"], "seeds": [1] """, "'variants[0]' is 'nothing'; it must be one of none, ")]
    [DataRow(""" "variants": ["raod"], "seeds": [1] """, "; did you mean 'road'?")]
    [DataRow(
        """ "variants": ["none"], "seeds": [1], "sweeps": [{ "variant": "nine", "option": "momentum", "values": [1] }] """,
        "; did you mean 'none'?")]
    [DataRow(
        """ "variants": ["none"], "seeds": [1], "sweeps": [{ "variant": "none", "option": "spatialWieght", "values": [1] }] """,
        "; did you mean 'spatialWeight'?")]
    [DataRow(""" "variants": ["none", "none"], "seeds": [1] """, "'variants[1]' is 'none', which is there already")]
    [DataRow(""" "variants": ["upper-bound"], "seeds": [1] """, "'variants[0]' is 'upper-bound', which needs labels of the target domain")]
    [DataRow(
        """ "variants": ["none"], "seeds": [1], "sweeps": [{ "variant": "none", "option": "regions", "values": [1] }] """,
        "'sweeps[0].option' is \"regions\"; it must be one of iterations, ")]
    public void AMistakeInTheExperimentItselfIsNamed(string rest, string message)
    {
        using ExperimentFolder folder = new();
        folder.WriteExperiment(rest);
        AssertRefused(folder, message);
    }

    private static void AssertRefused(ExperimentFolder folder, string message)
    {
        (int exitCode, string output, string errors) = ExperimentsProgram.Run("list", folder.Experiment);
        Assert.AreEqual(2, exitCode, output + errors);
        StringAssert.StartsWith(errors, "error: ");
        StringAssert.Contains(errors, message);
        Assert.HasCount(1, errors.TrimEnd().Split('\n'), errors);
    }
}
