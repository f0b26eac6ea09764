using System.Text.Json.Nodes;
using Road.MLNet.Tests.Data;

namespace Road.MLNet.Tests.Examples;

/// <summary>What <c>Experiments layout</c> counts in the labels of both domains.</summary>
[TestClass]
public sealed class ExperimentLayoutTests
{
    [TestMethod]
    public void TheSharesOfClassesAreCountedByRegionAndUnlabelledPixelsLeftOut()
    {
        using ExperimentFolder folder = new();
        // 7 x 4 pixels: regions are 2, 3 and 2 columns wide, 1, 2 and 1 rows high.
        byte[] source = new byte[28];
        byte[] target = [.. Enumerable.Repeat((byte)1, 28)];
        target[0] = 9;
        target[1] = 0;
        WritePair(folder, "one", source);
        WritePair(folder, "two", target);
        folder.Write("data/small.json", """
            {
              "title": "Small",
              "source": { "images": "one", "labels": "one-labels", "classes": "classes.json" },
              "target": { "images": "two" },
              "test": { "images": "two", "labels": "two-labels", "classes": "classes.json" }
            }
            """);

        (int exitCode, string output, string errors) = ExperimentsProgram.Run(
            "layout", folder.Experiment, "--data", folder.Data, "--output", folder.Combine("out"));

        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "row 1, column 1: 0 % apart");
        StringAssert.Contains(output, "row 2, column 3: 100 % apart");
        JsonObject layout = JsonNode.Parse(File.ReadAllText(folder.Combine("out/small/layout.json")))!.AsObject();
        Assert.AreEqual("""["road","car"]""", layout["classes"]!.ToJsonString());
        Assert.AreEqual("[1,0]", layout["source"]![0]!.ToJsonString());
        Assert.AreEqual("[1,0]", layout["target"]![0]!.ToJsonString());
        Assert.AreEqual("[0,1]", layout["target"]![8]!.ToJsonString());
    }

    private static void WritePair(ExperimentFolder folder, string name, byte[] labels)
    {
        string images = Path.Combine(folder.Data, name);
        string masks = Path.Combine(folder.Data, name + "-labels");
        Directory.CreateDirectory(images);
        Directory.CreateDirectory(masks);
        File.WriteAllBytes(Path.Combine(images, "a.png"), PngWriter.Write(7, 4, labels));
        File.WriteAllBytes(Path.Combine(masks, "a.png"), PngWriter.Write(7, 4, labels));
    }
}
