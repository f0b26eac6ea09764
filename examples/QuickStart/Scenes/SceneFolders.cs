using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>The two domains on disk, as a user's own data would lie there: pictures, and masks of class ids beside them.</summary>
internal sealed class SceneFolders(string root)
{
    public const int Width = 192;
    public const int Height = 128;

    // Numbers of scenes that no training sees.
    private const int FirstHeldOut = 100_000;
    private const string MarkerName = "made-by-quickstart.txt";
    private const string MarkerText = "The quick start draws these scenes, and deletes this folder before it draws them again.\n";

    private readonly string _markerFile = Path.Combine(root, MarkerName);

    public string SourceImages { get; } = Path.Combine(root, "simulator", "images");

    public string SourceLabels { get; } = Path.Combine(root, "simulator", "labels");

    public string TargetImages { get; } = Path.Combine(root, "camera", "images");

    public string TestImages { get; } = Path.Combine(root, "camera-test", "images");

    public string TestLabels { get; } = Path.Combine(root, "camera-test", "labels");

    /// <summary>What the masks' pixels mean, as the command line of one's own data reads it.</summary>
    public string ClassesFile { get; } = Path.Combine(root, "classes.json");

    /// <summary>Draws the labelled source, the unlabelled target, and labelled camera scenes to measure on.</summary>
    /// <param name="trainingScenes">The number of scenes of each domain to train on.</param>
    /// <param name="testScenes">The number of held-out camera scenes.</param>
    /// <param name="progress">Receives the number of scenes done.</param>
    /// <param name="cancellation">Ends the drawing between two scenes.</param>
    /// <exception cref="InvalidDataException">There is a folder in the place that no earlier run has made.</exception>
    public void Write(int trainingScenes, int testScenes, Action<int> progress, CancellationToken cancellation)
    {
        RemoveEarlier();
        OutputFile.Write(_markerFile, MarkerText);
        OutputFile.Write(ClassesFile, SceneClasses.ToJson());

        int done = 0;
        Write(SceneStyle.Simulator, 0, trainingScenes, SourceImages, SourceLabels, Report, cancellation);
        Write(SceneStyle.Camera, 0, trainingScenes, TargetImages, null, Report, cancellation);
        Write(SceneStyle.Camera, FirstHeldOut, testScenes, TestImages, TestLabels, Report, cancellation);

        void Report()
        {
            lock (progress)
            {
                progress(++done);
            }
        }
    }

    /// <summary>Removes the scenes of an earlier run: of one with other numbers, those left would be trained on.</summary>
    private void RemoveEarlier()
    {
        if (!Directory.Exists(root) || !Directory.EnumerateFileSystemEntries(root).Any())
        {
            return;
        }

        if (!File.Exists(_markerFile))
        {
            throw new InvalidDataException(
                $"The folder '{root}' is there already, and not of an earlier quick start, whose scenes have a {MarkerName} beside them. "
                + "Move it away, or give another --out.");
        }

        // What tells of the earlier run stays, in case this one is killed meanwhile.
        foreach (string folder in Directory.GetDirectories(root))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(
        SceneStyle style, int first, int count, string images, string? labels, Action done, CancellationToken cancellation)
    {
        Directory.CreateDirectory(images);
        if (labels is not null)
        {
            Directory.CreateDirectory(labels);
        }

        var generator = new SceneGenerator(Width, Height);
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            using Scene scene = generator.Draw(style, first + i);
            string name = $"{i:D4}.png";
            Save(scene.Image, Path.Combine(images, name));
            if (labels is not null)
            {
                Save(scene.Labels, Path.Combine(labels, name));
            }

            done();
        });
    }

    private static void Save(SKBitmap bitmap, string path)
    {
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        OutputFile.Write(path, png.SaveTo);
    }
}
