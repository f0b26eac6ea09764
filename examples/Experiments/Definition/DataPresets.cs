using Microsoft.ML;
using Road.MLNet;

namespace Experiments.Definition;

/// <summary>The published data sets that experiment files can name; a new one is a line here.</summary>
internal static class DataPresets
{
    // The 19 classes by which Cityscapes is scored, and the label ids that Cityscapes and GTA5 share.
    private static readonly string[] Classes =
    [
        "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign", "vegetation", "terrain",
        "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle",
    ];

    private static readonly int[] CityscapesIds = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];

    // SYNTHIA has no terrain, truck and train.
    private static readonly int[] SynthiaIds = [3, 4, 2, 21, 5, 7, 15, 9, 6, -1, 1, 10, 17, 8, -1, 19, -1, 12, 11];

    private static readonly DataPreset[] All =
    [
        new("cityscapes", true, Encode(CityscapesIds), LoadCityscapes),
        new("gta5", false, Encode(CityscapesIds), static (ml, root, _) =>
            ml.Data.LoadSegmentationFolder(Path.Combine(root, "images"), Path.Combine(root, "labels"))),
        new("synthia", false, Encode(SynthiaIds, LabelChannel.Red), static (ml, root, _) =>
            ml.Data.LoadSegmentationFolder(Path.Combine(root, "RGB"), Path.Combine(root, "GT", "LABELS"))),
    ];

    /// <summary>The known names.</summary>
    public static IEnumerable<string> Names => All.Select(static preset => preset.Name);

    /// <summary>Finds a data set; null where the name is unknown.</summary>
    public static DataPreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    private static LabelEncoding Encode(int[] ids, LabelChannel channel = LabelChannel.Index) => LabelEncoding.FromIdMap(
        Classes, ids.Index().Where(static pair => pair.Item >= 0).ToDictionary(static pair => pair.Item, static pair => pair.Index), null, channel);

    private static IDataView LoadCityscapes(MLContext ml, string root, string split)
    {
        const string ImageEnd = "_leftImg8bit.png";
        string folder = Path.Combine(root, "leftImg8bit", split);
        string[] images = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*" + ImageEnd, SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
            : throw new DirectoryNotFoundException($"There is no folder '{folder}'; Cityscapes keeps its images in leftImg8bit/<split>/<city>.");
        return ml.Data.LoadFromEnumerable(images.Select(image => new LabelledFile
        {
            ImagePath = image,
            LabelPath = Path.Combine(root, "gtFine", split, Path.GetRelativePath(folder, image[..^ImageEnd.Length] + "_gtFine_labelIds.png")),
        }));
    }

    private sealed class LabelledFile
    {
        public string ImagePath { get; init; } = "";

        public string LabelPath { get; init; } = "";
    }
}
