using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Streets;

/// <summary>Images, with label masks or without: a published set, or the user's folders.</summary>
internal abstract class StreetsData
{
    /// <summary>Lists the files: the text column <c>ImagePath</c> and, with masks, <c>LabelPath</c>.</summary>
    public abstract IDataView Load(MLContext ml);

    /// <summary>Lists the files, which must have masks.</summary>
    public abstract IDataView LoadLabelled(MLContext ml);

    /// <summary>The folder below which sub-folders tell images apart; null where their names do.</summary>
    public virtual string? ImageFolder => null;

    /// <summary>A folder whose files are none of the data, such as the one that a command writes to; null for none.</summary>
    public string? ExcludedFolder { get; set; }

    /// <summary>What a line that counts the files says of those that were left out; empty where there are none.</summary>
    public virtual string LeftOut => string.Empty;

    /// <summary>How many files were left out.</summary>
    public virtual int LeftOutCount => 0;

    /// <summary>Whether two of the files differ only in what their names end with.</summary>
    public virtual bool HasNamesAlike => false;

    /// <summary>The file that says what the masks mean; null where there is none.</summary>
    protected virtual string? ClassesFile => null;

    /// <summary>Adds the files that were listed, and those that belong to them, to what a command reads.</summary>
    public void AddTo(FilePlan plan, IDataView files)
    {
        plan.Read(files.GetColumn<string>("ImagePath"), "an image");
        if (files.Schema.GetColumnOrNull("LabelPath") is not null)
        {
            plan.Read(files.GetColumn<string>("LabelPath").Where(static path => path.Length > 0), "a label mask");
        }

        if (ClassesFile is not null)
        {
            plan.Read(ClassesFile, "the classes");
        }
    }

    /// <summary>How the masks are read to train a model on them.</summary>
    public abstract LabelEncoding Encoding();

    /// <summary>How the masks are read to score a model of some classes by them.</summary>
    public abstract LabelEncoding EncodingFor(IReadOnlyList<string> modelClasses);

    /// <summary>The classes to report, where those that a model has are finer than the masks tell apart.</summary>
    public virtual SemanticSegmentationMetrics Summarize(SemanticSegmentationMetrics metrics) => metrics;
}
