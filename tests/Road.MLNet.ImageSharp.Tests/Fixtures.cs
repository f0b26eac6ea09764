namespace Road.MLNet.ImageSharp.Tests;

/// <summary>Files that other programs have written (tests/fixtures/imagesharp/make.py, tests/fixtures/images/make.py).</summary>
internal static class Fixtures
{
    public const int Width = 40;
    public const int Height = 24;

    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "fixtures");

    /// <summary>Images of the kinds that ImageSharp adds.</summary>
    public static string[] AddedImages { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "imagesharp", "images")).Where(IsImage).Order(StringComparer.Ordinal)];

    /// <summary>Images of the kinds that <c>LoadImages</c> reads too.</summary>
    public static string[] CommonImages { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "images")).Where(IsImage).Order(StringComparer.Ordinal)];

    /// <summary>Masks.</summary>
    public static string[] Masks { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "imagesharp", "masks")).Where(IsImage).Order(StringComparer.Ordinal)];

    public static string Image(string name) => Path.Combine(Root, "imagesharp", "images", name);

    public static string Mask(string name) => Path.Combine(Root, "imagesharp", "masks", name);

    /// <summary>R, G, B of an image's pixels, as Pillow reads them.</summary>
    public static byte[] Colors(string image) =>
        File.ReadAllBytes(File.Exists(image + ".rgb") ? image + ".rgb" : Path.ChangeExtension(image, ".rgb"));

    private static bool IsImage(string path) => Path.GetExtension(path) is not (".rgb" or ".ids");
}
