using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary>A published set below its root.</summary>
internal sealed class PublishedData(PublishedSet set, string root, string split) : StreetsData
{
    public override IDataView Load(MLContext ml) => set.Load(ml, root, split);

    public override IDataView LoadLabelled(MLContext ml)
    {
        IDataView data = Load(ml);
        return data.Schema.GetColumnOrNull("LabelPath") is not null
            ? data
            : throw new InvalidDataException($"The {set.Name} folder '{root}' has no label masks of its split '{split}'.");
    }

    public override LabelEncoding Encoding() => set.Encodings[0];

    public override LabelEncoding EncodingFor(IReadOnlyList<string> modelClasses) =>
        Array.Find(set.Encodings, encoding => encoding.ClassNames.SequenceEqual(modelClasses))
        ?? throw new InvalidDataException(
            $"The model's classes ({string.Join(", ", modelClasses)}) are not those that {set.Name} is scored by "
            + $"({string.Join("; or ", set.Encodings.Select(encoding => string.Join(", ", encoding.ClassNames)))}): name its folders and "
            + "a classes file with --images, --labels and --classes.");

    // CamVid's classes are wider than Cityscapes': a truck that CamVid calls a car is no fault.
    public override SemanticSegmentationMetrics Summarize(SemanticSegmentationMetrics metrics) =>
        set.Encodings.Contains(LabelEncoding.CamVid) && metrics.ClassNames.SequenceEqual(CityscapesClasses.Names)
            ? metrics.MergeClasses(CityscapesClasses.ToCamVid)
            : metrics;
}
