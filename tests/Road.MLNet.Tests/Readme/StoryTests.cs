using System.Diagnostics;
using Road.MLNet.Tests.Processes;
using SkiaSharp;

namespace Road.MLNet.Tests.Readme;

/// <summary>The commands of the pages that tell a whole story, one after the other, in a folder of a reader's.</summary>
[TestClass]
public sealed class StoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The quick start is a training of minutes.</summary>
    [TestMethod]
    public void AFirstModel()
    {
        LongTests.Require("This runs the quick start, which takes minutes");
        Follow("docs/first-model.md", 4, static words => words);
        AssertWritten("out/quickstart/report.html", "out/quickstart/road.zip", "out/own.zip", "out/own.json");
        Assert.HasCount(
            Directory.GetFiles(_folder["out/quickstart/scenes/camera-test/images"]).Length,
            Directory.GetFiles(_folder["out/masks"], "*_overlay.png"));
    }

    /// <summary>But for the number of steps, and for ImageNet weights that need no network, the commands are those of the page.</summary>
    [TestMethod]
    public void OnesOwnData()
    {
        foreach ((string folder, int count) in new[] { ("photos", 3), ("street", 2), ("test/images", 1) })
        {
            for (int i = 0; i < count; i++)
            {
                WriteScene($"{folder}/{i}.png");
            }
        }

        _folder.Write("annotations.xml", $"""
            <?xml version="1.0" encoding="utf-8"?>
            <annotations><version>1.1</version>
              <meta><task><labels>
                <label><name>sky</name><color>#4682b4</color></label><label><name>road</name><color>#804080</color></label>
              </labels></task></meta>
              {string.Concat(Enumerable.Range(0, 3).Select(static i => $"""
                <image id="{i}" name="{i}.png" width="64" height="48">
                  <polygon label="sky" points="0,0;64,0;64,24;0,24" z_order="0"/>
                  <polygon label="road" points="0,24;64,24;64,48;0,48" z_order="0"/>
                </image>
                """))}
            </annotations>
            """);
        Directory.CreateDirectory(_folder["test/labels"]);

        Follow("docs/your-data.md", 4, words =>
        {
            // One who has labels of the place keeps some of them for the measure: here those of a scene like the others.
            if (words[0] == "evaluate")
            {
                File.Copy(_folder["labelled/labels/0.png"], _folder["test/labels/0.png"]);
            }

            return words[0] != "train"
                ? words
                : [.. words.Select(static word => word == "imagenet" ? "mlnet-resnet18" : word),
                    "--network", "deeplab-resnet18", "--iterations", "2", "--crop", "32", "--batch", "1"];
        });
        AssertWritten("labelled/classes.json", "labelled/labels/2.png", "road.zip", "masks/0.png", "masks/1_labels.png", "sheet.jpg");
    }

    private void Follow(string page, int commands, Func<string[], string[]> change)
    {
        (string Program, string[] Words)[] story = [.. PageCommands.Of(Path.Combine(OutsiderProject.RepositoryRoot, page))];
        Assert.HasCount(commands, story);
        foreach ((string program, string[] words) in story)
        {
            string[] given = words.Length == 0 ? words : change(words);
            using Process process = Programs.Start(Programs.Example(program), given, start => start.WorkingDirectory = _folder.Path);
            (int exitCode, string output, string errors) = Programs.Finish(process);
            Assert.AreEqual(0, exitCode, $"{page}: {program} {string.Join(' ', given)}: {errors}{output}");
        }
    }

    private void AssertWritten(params string[] names)
    {
        foreach (string name in names)
        {
            Assert.IsGreaterThan(0, new FileInfo(_folder[name]).Length, name);
        }
    }

    private void WriteScene(string name)
    {
        using SKBitmap bitmap = new(64, 48);
        using SKCanvas canvas = new(bitmap);
        canvas.Clear(new SKColor(120, 170, 220));
        using SKPaint road = new() { Color = new SKColor(90, 90, 95) };
        canvas.DrawRect(0, 24, 64, 24, road);
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        _folder.Write(name, png.ToArray());
    }
}
