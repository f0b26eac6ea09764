using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>The two domains on disk, as a user's own data would lie there: pictures, and masks of class ids beside them.</summary>
internal sealed class SceneFolders(string root)
{
    public const int Width = 192;
    public const int Height = 128;

    // Numbers of scenes that no training sees.
    private const int FirstHeldOut = 100_000;

    public string SourceImages { get; } = Path.Combine(root, "simulator", "images");

    public string SourceLabels { get; } = Path.Combine(root, "simulator", "labels");

    public string TargetImages { get; } = Path.Combine(root, "camera", "images");

    public string TestImages { get; } = Path.Combine(root, "camera-test", "images");

    public string TestLabels { get; } = Path.Combine(root, "camera-test", "labels");

    /// <summary>Draws the labelled source, the unlabelled target, and labelled camera scenes to measure on.</summary>
    /// <param name="trainingScenes">The number of scenes of each domain to train on.</param>
    /// <param name="testScenes">The number of held-out camera scenes.</param>
    /// <param name="progress">Receives the number of scenes done.</param>
    public void Write(int trainingScenes, int testScenes, Action<int> progress)
    {
        // What an earlier run with other numbers left must not be trained on.
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        int done = 0;
        Write(SceneStyle.Simulator, 0, trainingScenes, SourceImages, SourceLabels, Report);
        Write(SceneStyle.Camera, 0, trainingScenes, TargetImages, null, Report);
        Write(SceneStyle.Camera, FirstHeldOut, testScenes, TestImages, TestLabels, Report);

        void Report()
        {
            lock (progress)
            {
                progress(++done);
            }
        }
    }

    private static void Write(SceneStyle style, int first, int count, string images, string? labels, Action done)
    {
        Directory.CreateDirectory(images);
        if (labels is not null)
        {
            Directory.CreateDirectory(labels);
        }

        var generator = new SceneGenerator(Width, Height);
        Parallel.For(0, count, i =>
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

    private static void Save(SKBitmap bitmap, string path) =>
        AtomicFile.WriteStream(path, stream => bitmap.Encode(stream, SKEncodedImageFormat.Png, 100));
}
