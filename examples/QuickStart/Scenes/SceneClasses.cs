using Road.MLNet;

namespace QuickStart.Scenes;

/// <summary>What the label files' pixel values mean.</summary>
internal static class SceneClasses
{
    /// <summary>Value i is class i, in Cityscapes' colours; 255 belongs to no class.</summary>
    public static LabelEncoding Encoding { get; } =
        LabelEncoding.FromIds(["sky", "building", "road", "sidewalk", "vegetation", "car", "person"]);
}
