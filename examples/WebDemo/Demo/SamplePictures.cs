using QuickStart.Scenes;
using SkiaSharp;

namespace WebDemo.Demo;

/// <summary>Pictures to try: those of a folder, or scenes that are drawn.</summary>
internal sealed class SamplePictures
{
    private const int Most = 12;
    private const int Drawn = 6;

    // No training sees scenes of such numbers.
    private const int FirstScene = 200_000;

    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".png"] = "image/png",
        [".webp"] = "image/webp",
    };

    private readonly IReadOnlyList<(string Name, Lazy<(byte[] Content, string Type)> Picture)> _pictures;

    private SamplePictures(IEnumerable<(string Name, Func<(byte[] Content, string Type)> Picture)> pictures)
    {
        _pictures = [.. pictures.Select(static sample => (sample.Name, new Lazy<(byte[] Content, string Type)>(sample.Picture)))];
    }

    public IEnumerable<string> Names => _pictures.Select(static sample => sample.Name);

    /// <summary>Scenes in the camera's look, each drawn when it is first asked for.</summary>
    public static SamplePictures Draw() => new(Enumerable.Range(0, Drawn).Select(
        static i => ($"Scene {i + 1}", new Func<(byte[], string)>(() => (DrawScene(FirstScene + i), Types[".png"])))));

    /// <summary>The first pictures of a folder, by name.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static SamplePictures Find(string folder) => new(Directory.GetFiles(folder)
        .Where(static file => Types.ContainsKey(Path.GetExtension(file)))
        .Order(StringComparer.Ordinal)
        .Take(Most)
        .Select(static file => (
            Path.GetFileNameWithoutExtension(file),
            new Func<(byte[], string)>(() => (File.ReadAllBytes(file), Types[Path.GetExtension(file)])))));

    /// <summary>A picture's file and its type; null where there are fewer.</summary>
    public (byte[] Content, string Type)? Read(int index) =>
        index >= 0 && index < _pictures.Count ? _pictures[index].Picture.Value : null;

    private static byte[] DrawScene(int number)
    {
        using Scene scene = new SceneGenerator(2 * SceneFolders.Width, 2 * SceneFolders.Height).Draw(SceneStyle.Camera, number);
        using SKData png = scene.Image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
