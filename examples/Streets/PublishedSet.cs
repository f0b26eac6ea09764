using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary>A published data set as the options name it.</summary>
/// <param name="Name">The option's value.</param>
/// <param name="HasSplits">Whether the set comes in splits.</param>
/// <param name="Load">Lists the files below a root; the split is empty where there are none.</param>
/// <param name="Encodings">How its masks can be read; a model trained on the set has the classes of the first.</param>
internal sealed record PublishedSet(
    string Name, bool HasSplits, Func<MLContext, string, string, IDataView> Load, params LabelEncoding[] Encodings)
{
    private static readonly PublishedSet[] All =
    [
        new("gta5", false, static (ml, root, _) => ml.Data.LoadGta5(root), LabelEncoding.Gta5),
        new("synthia", false, static (ml, root, _) => ml.Data.LoadSynthia(root), LabelEncoding.Synthia),
        new("cityscapes", true, static (ml, root, split) => ml.Data.LoadCityscapes(root, split), LabelEncoding.Cityscapes),
        new("camvid", true, static (ml, root, split) => ml.Data.LoadCamVid(
            root, split), LabelEncoding.CamVid, LabelEncoding.CamVidAsCityscapes),
    ];

    public static string[] Names { get; } = [.. All.Select(set => set.Name)];

    /// <summary>The set of a name that the options accept.</summary>
    public static PublishedSet Get(string name) => All.Single(set => set.Name == name);
}
