using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary>A folder of images and, if need be, one of masks with a classes file.</summary>
internal sealed class FolderData(string images, string? labels = null, string? classesFile = null) : StreetsData
{
    public override bool HasNamesAlike => Directory.Exists(images)
        && Directory.GetFiles(images).GroupBy(Path.GetFileNameWithoutExtension).Any(static group => group.Count() > 1);

    protected override string? ClassesFile => classesFile;

    public override IDataView Load(MLContext ml) => ml.Data.LoadSegmentationFolder(images, labels);

    public override IDataView LoadLabelled(MLContext ml) => ml.Data.LoadSegmentationFolder(images, labels!);

    public override LabelEncoding Encoding() => LabelEncoding.FromJsonFile(classesFile!);

    public override LabelEncoding EncodingFor(IReadOnlyList<string> modelClasses) => Encoding();
}
