using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>The names of the classes and the colours they are shown in, which are Cityscapes'.</summary>
internal static class SceneClasses
{
    public static IReadOnlyList<string> Names { get; } =
        ["sky", "building", "road", "sidewalk", "vegetation", "car", "person"];

    public static IReadOnlyList<SKColor> Colors { get; } =
    [
        new(70, 130, 180), new(70, 70, 70), new(128, 64, 128), new(244, 35, 232), new(107, 142, 35), new(0, 0, 142),
        new(220, 20, 60),
    ];
}
