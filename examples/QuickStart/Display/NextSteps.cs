using QuickStart.Scenes;

namespace QuickStart.Display;

/// <summary>Shows the commands that use what the quick start has written, as they serve folders of one's own.</summary>
internal static class NextSteps
{
    private const string Streets = "dotnet run -c Release --project examples/Streets --";

    /// <summary>Writes them.</summary>
    /// <param name="output">The folder of the outputs.</param>
    /// <param name="folders">The scenes.</param>
    /// <param name="model">The model with ROAD.</param>
    /// <param name="backbone">The pretrained backbone.</param>
    public static void Write(string output, SceneFolders folders, string model, string backbone)
    {
        string[][] commands =
        [
            ["predict", "--model", model, "--images", folders.TestImages, "--out", Path.Combine(output, "masks"), "--overlay", "0.5"],
            [
                "evaluate", "--model", model, "--images", folders.TestImages, "--labels", folders.TestLabels,
                "--classes", folders.ClassesFile, "--json", Path.Combine(output, "result.json"),
            ],
            [
                "train", "--source-images", folders.SourceImages, "--source-labels", folders.SourceLabels,
                "--source-classes", folders.ClassesFile, "--target-images", folders.TargetImages,
                "--network", "deeplab-squeezenet1_1", "--backbone-weights", backbone,
                "--iterations", "300", "--crop", "96", "--batch", "4", "--learning-rate", "0.001",
                "--model", Path.Combine(output, "own.zip"),
            ],
        ];
        Console.WriteLine("Next, with the same commands that take your own folders:");
        foreach (string[] command in commands)
        {
            Console.WriteLine($"  {Streets} {string.Join(' ', command.Select(Quote))}");
        }
    }

    private static string Quote(string word)
    {
        string shown = Path.IsPathRooted(word) ? Path.GetRelativePath(Environment.CurrentDirectory, word) : word;
        return shown.Contains(' ', StringComparison.Ordinal) ? $"\"{shown}\"" : shown;
    }
}
