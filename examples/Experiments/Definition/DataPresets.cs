using Road.MLNet;

namespace Experiments.Definition;

/// <summary>The published data sets that experiment files can name; a new one is a line here.</summary>
internal static class DataPresets
{
    private static readonly DataPreset[] All =
    [
        new("camvid", true, LabelEncoding.CamVid, static (ml, root, split) => ml.Data.LoadCamVid(root, split)),
        new("cityscapes", true, LabelEncoding.Cityscapes, static (ml, root, split) => ml.Data.LoadCityscapes(root, split)),
        new("gta5", false, LabelEncoding.Gta5, static (ml, root, _) => ml.Data.LoadGta5(root)),
        new("synthia", false, LabelEncoding.Synthia, static (ml, root, _) => ml.Data.LoadSynthia(root)),
    ];

    /// <summary>The known names.</summary>
    public static IEnumerable<string> Names => All.Select(static preset => preset.Name);

    /// <summary>Finds a data set; null where the name is unknown.</summary>
    public static DataPreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);
}
