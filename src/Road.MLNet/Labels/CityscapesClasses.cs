using System.Collections.ObjectModel;

namespace Road.MLNet;

/// <summary>
/// The 19 classes by which Cityscapes is scored (Cordts et al., CVPR 2016), in the order of their train ids, and what is
/// compared on part of them. Scores of a part come from the confusion matrix of all 19: see
/// <see cref="SemanticSegmentationMetrics.MeanIntersectionOverUnionOf"/>.
/// </summary>
public static class CityscapesClasses
{
    /// <summary>The names of the 19 classes, by train id.</summary>
    public static IReadOnlyList<string> Names { get; } = Array.AsReadOnly(
    [
        "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign", "vegetation", "terrain",
        "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle",
    ]);

    /// <summary>The published colours of the 19 classes, by train id.</summary>
    public static IReadOnlyList<RgbColor> Colors { get; } = Array.AsReadOnly<RgbColor>(
    [
        new(128, 64, 128), new(244, 35, 232), new(70, 70, 70), new(102, 102, 156), new(190, 153, 153), new(153, 153, 153),
        new(250, 170, 30), new(220, 220, 0), new(107, 142, 35), new(152, 251, 152), new(70, 130, 180), new(220, 20, 60),
        new(255, 0, 0), new(0, 0, 142), new(0, 0, 70), new(0, 60, 100), new(0, 80, 100), new(0, 0, 230), new(119, 11, 32),
    ]);

    /// <summary>The label ids of the 19 classes, by train id: what <c>*_labelIds.png</c> holds and Cityscapes' server takes.</summary>
    public static IReadOnlyList<int> LabelIds { get; } = Array.AsReadOnly(
        [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]);

    /// <summary>The 16 classes that SYNTHIA has too: all but terrain, truck and train.</summary>
    public static IReadOnlyList<string> Synthia16 { get; } = Without(Names, "terrain", "truck", "train");

    /// <summary>The 13 classes that much work on SYNTHIA reports: <see cref="Synthia16"/> but wall, fence and pole.</summary>
    public static IReadOnlyList<string> Synthia13 { get; } = Without(Synthia16, "wall", "fence", "pole");

    /// <summary>
    /// The CamVid class that each of the 19 belongs to: CamVid counts walls as buildings, terrain as trees, traffic lights
    /// as signs, all motor vehicles on four wheels as cars, and two-wheelers with their riders as bicyclists. With it
    /// <see cref="SemanticSegmentationMetrics.MergeClasses"/> scores a model of the 19 on
    /// <see cref="LabelEncoding.CamVidAsCityscapes"/> in CamVid's classes.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ToCamVid { get; } = new Dictionary<string, string>
    {
        ["sky"] = "sky",
        ["building"] = "building",
        ["wall"] = "building",
        ["pole"] = "pole",
        ["road"] = "road",
        ["sidewalk"] = "pavement",
        ["vegetation"] = "tree",
        ["terrain"] = "tree",
        ["traffic sign"] = "sign",
        ["traffic light"] = "sign",
        ["fence"] = "fence",
        ["car"] = "car",
        ["truck"] = "car",
        ["bus"] = "car",
        ["train"] = "car",
        ["person"] = "pedestrian",
        ["rider"] = "bicyclist",
        ["motorcycle"] = "bicyclist",
        ["bicycle"] = "bicyclist",
    }.AsReadOnly();

    private static ReadOnlyCollection<string> Without(IReadOnlyList<string> names, params string[] others) =>
        Array.AsReadOnly([.. names.Where(name => !others.Contains(name))]);
}
