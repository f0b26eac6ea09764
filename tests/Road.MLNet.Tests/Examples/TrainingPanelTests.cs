using Road.Examples.Display;
using Road.Torch.Training;
using Spectre.Console;

namespace Road.MLNet.Tests.Examples;

/// <summary>What a terminal shows of a training.</summary>
[TestClass]
public sealed class TrainingPanelTests
{
    [TestMethod]
    [DataRow(60)]
    [DataRow(110)]
    public void APanelFitsItsWindowAndHasAllThatIsKnown(int width)
    {
        TrainingPanel panel = new("deeplab [vgg16]");
        panel.Begin(new TrainingStart(0, 200, "cpu", null, new Dictionary<string, string>()));
        for (int i = 1; i <= 8; i++)
        {
            panel.Add(new RoadProgress(
                10 * i, 200, new StepLosses(2.0 / i) { Adaptation = [new NamedLoss("L_dist", i)] }, 1e-4, TimeSpan.FromSeconds(i),
                TimeSpan.FromSeconds(200))
            {
                ImagesPerSecond = 12.5,
                ResidentBytes = 1_500_000_000,
            });
        }

        SnapshotMetric metric = new("mean IoU", static _ => 0);
        Assert.IsTrue(panel.Add(40, 0.5, metric));
        Assert.IsFalse(panel.Add(80, 0.25, metric));
        panel.IsOver = true;
        using StringWriter writer = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(panel);
        string[] lines = writer.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n');

        Assert.IsTrue(lines.All(line => line.Length <= width), writer.ToString());
        string text = string.Join('\n', lines);
        string[] parts =
        [
            "deeplab [vgg16]", "40 %", "80 of 200", "left 00:03:20", "12.5", "cpu", "1.50 GB", "L_seg 0.250 █▄▃▂▂▁▁▁",
            "L_dist 8.000 ▁▂▃▄▅▆▇█", "mean IoU 0.250 at 80, best 0.500 at 40", "█▁",
        ];
        foreach (string part in parts)
        {
            StringAssert.Contains(
                System.Text.RegularExpressions.Regex.Replace(text, "[ │]+", " "), part, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void ACurveOfMoreValuesThanLettersHasTheirMeans()
    {
        Assert.AreEqual("▁█", Sparkline.Draw([1, 3, 2, 6], 2, unicode: true));
        Assert.AreEqual("_@_", Sparkline.Draw([0, 1, double.NaN], 9, unicode: false));
        Assert.AreEqual("▁▁", Sparkline.Draw([5, 5], 4, unicode: true));
    }
}
