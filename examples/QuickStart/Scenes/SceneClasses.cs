using System.Text.Json;
using Road.MLNet;

namespace QuickStart.Scenes;

/// <summary>What the label files' pixel values mean.</summary>
internal static class SceneClasses
{
    /// <summary>Value i is class i, in Cityscapes' colours; 255 belongs to no class.</summary>
    public static LabelEncoding Encoding { get; } =
        LabelEncoding.FromIds(["sky", "building", "road", "sidewalk", "vegetation", "car", "person"]);

    /// <summary>The same as a file of classes.</summary>
    public static string ToJson() => JsonSerializer.Serialize(new
    {
        classes = Encoding.ClassNames.Select(static (name, index) => new
        {
            name,
            color = new int[]
            {
                Encoding.ClassColors[index].Red, Encoding.ClassColors[index].Green, Encoding.ClassColors[index].Blue,
            },
            ids = new[] { index },
        }),
    });
}
