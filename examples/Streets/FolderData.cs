using System.Globalization;
using Microsoft.ML;
using Road.MLNet;

namespace Streets;

/// <summary>A folder of images and, if need be, one of masks with a classes file.</summary>
internal sealed class FolderData(string images, string? labels = null, string? classesFile = null, bool onlyLabelled = false) : StreetsData
{
    /// <summary>Whether images without a mask are part of the data all the same.</summary>
    public bool IsPartlyLabelled { get; init; }

    private static readonly EnumerationOptions WithoutLinks =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private int _leftOut;

    public override string? ImageFolder => images;

    public override string LeftOut => _leftOut == 0
        ? string.Empty
        : string.Create(CultureInfo.InvariantCulture, $" ({_leftOut} {(_leftOut == 1 ? "file" : "files")} left out)");

    public override int LeftOutCount => _leftOut;

    public override bool HasNamesAlike => Directory.Exists(images) && Directory.GetFiles(images, "*", WithoutLinks)
        .GroupBy(static file => Path.ChangeExtension(file, null)).Any(static group => group.Count() > 1);

    protected override string? ClassesFile => classesFile;

    public override IDataView Load(MLContext ml)
    {
        if (IsPartlyLabelled)
        {
            return ml.Data.LoadPartlyLabelledFolder(images, labels!);
        }

        IDataView files = ml.Data.LoadSegmentationFolder(images, labels, onlyLabelled, ExcludedFolder, out LeftOutFiles others);
        _leftOut = others.Count;
        if (Directory.Exists(ExcludedFolder) && Path.GetRelativePath(images, ExcludedFolder) is not "." and var below
            && !Path.IsPathRooted(below) && below.Split(Path.DirectorySeparatorChar)[0] != "..")
        {
            Console.Error.WriteLine($"warning: '{ExcludedFolder}' lies in the folder of images; nothing in it is taken for one");
        }

        return files;
    }

    public override IDataView LoadLabelled(MLContext ml) => Load(ml);

    public override LabelEncoding Encoding() => LabelEncoding.FromJsonFile(classesFile!);

    public override LabelEncoding EncodingFor(IReadOnlyList<string> modelClasses) => Encoding();
}
