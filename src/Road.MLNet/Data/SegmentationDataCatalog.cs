using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;

namespace Road.MLNet;

/// <summary>Folders of images and label masks in <c>ml.Data</c>.</summary>
public static class SegmentationDataCatalog
{
    private const string ImagePath = "ImagePath";
    private const string LabelPath = "LabelPath";
    private const string TargetImagePath = "TargetImagePath";
    private const string TargetLabelPath = "TargetLabelPath";

    /// <summary>
    /// Lists the images of a folder and its sub-folders and, where a label folder is given, the mask of each. No file is opened. Links
    /// are followed; files and folders whose names begin with a dot are left out.
    /// </summary>
    /// <remarks>
    /// A mask lies in the same sub-folder as its image and has its name, or the name with an ending:
    /// <c>NAME_labels.png</c>, which comes before all others, since what predicts may write it beside a <c>NAME.png</c> in colours;
    /// then <c>NAME.png</c>; then <c>NAME_mask.png</c>, <c>NAME_label.png</c>, <c>NAME_gt.png</c>, <c>NAME_L.png</c>,
    /// <c>NAME_labelIds.png</c> and, for the image <c>NAME_leftImg8bit</c>, <c>NAME_gtFine_labelIds.png</c>, of which an image may have
    /// only one. A mask with the name of an image is that image's. Masks without an image and files of other kinds are left out with
    /// a warning in the context's log, from the source <c>RoadFolder</c>, that counts them and names the first five.
    /// </remarks>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="imageFolder">
    /// A folder of images: <c>.png</c>, <c>.jpg</c>, <c>.jpeg</c>, <c>.jpe</c>, <c>.jfif</c>, <c>.jif</c>, <c>.jfi</c>, <c>.pjpeg</c>,
    /// <c>.pjp</c>, <c>.apng</c>, <c>.bmp</c>, <c>.dib</c>, <c>.webp</c> or
    /// <c>.gif</c>; of several pictures in a file the first counts.
    /// </param>
    /// <param name="labelFolder">A folder of label masks, <c>.png</c>; null where there are none.</param>
    /// <param name="onlyLabelled">Whether images without a mask are left out, with a warning, where others have one.</param>
    /// <returns>
    /// A view that can be shuffled, in the ordinal order of names relative to the folder: the text column <c>ImagePath</c> and, with
    /// labels, <c>LabelPath</c>; full paths.
    /// </returns>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// There is no image, two images of a folder have the same name without extension, an image has two masks, or images have no mask.
    /// </exception>
    public static IDataView LoadSegmentationFolder(
        this DataOperationsCatalog catalog, string imageFolder, string? labelFolder = null, bool onlyLabelled = false) =>
        LoadSegmentationFolder(catalog, imageFolder, labelFolder, onlyLabelled, excludedFolder: null, out _);

    /// <summary>
    /// Lists the images of a folder as <see cref="LoadSegmentationFolder(DataOperationsCatalog, string, string, bool)"/> does, and says
    /// what was left out.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="imageFolder">The folder of images.</param>
    /// <param name="labelFolder">The folder of label masks; null where there are none.</param>
    /// <param name="onlyLabelled">Whether images without a mask are left out, with a warning, where others have one.</param>
    /// <param name="excludedFolder">
    /// A folder below that of the images whose files are not listed, such as that of results; null for none.
    /// </param>
    /// <param name="leftOut">The files that were left out.</param>
    /// <returns>The view.</returns>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// There is no image, two images of a folder have the same name without extension, an image has two masks, or images have no mask.
    /// </exception>
    public static IDataView LoadSegmentationFolder(
        this DataOperationsCatalog catalog, string imageFolder, string? labelFolder, bool onlyLabelled, string? excludedFolder,
        out LeftOutFiles leftOut)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(imageFolder);
        SegmentationFolder folder = SegmentationFolder.List(imageFolder, labelFolder, onlyLabelled, excludedFolder);
        leftOut = folder.LeftOut;
        return View(catalog, folder);
    }

    /// <summary>
    /// Lists the images of a folder, of which some have a mask, as
    /// <see cref="LoadSegmentationFolder(DataOperationsCatalog, string, string, bool)"/> does where all have one: a target domain with a
    /// few labels. <see cref="LabelMaskCatalog.LoadLabelMasks"/> reads them with <c>allowsMissing</c>.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="imageFolder">The folder of images.</param>
    /// <param name="labelFolder">The folder of label masks.</param>
    /// <returns>
    /// A view that can be shuffled: the text columns <c>ImagePath</c> and <c>LabelPath</c>, which is empty where an image has no mask.
    /// </returns>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// There is no image, two images of a folder have the same name without extension, an image has two masks, or none has one.
    /// </exception>
    public static IDataView LoadPartlyLabelledFolder(this DataOperationsCatalog catalog, string imageFolder, string labelFolder)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(imageFolder);
        ArgumentException.ThrowIfNullOrWhiteSpace(labelFolder);
        return View(
            catalog,
            SegmentationFolder.List(imageFolder, labelFolder, onlyLabelled: false, excludedFolder: null, keepsUnlabelled: true));
    }

    /// <summary>
    /// Takes the labels of most rows away, to try how far a few go: of the rows that have one, the first keeps its label, and then every
    /// n-th. Which rows these are depends on their order alone.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="data">A view with the text columns <c>ImagePath</c> and <c>LabelPath</c>.</param>
    /// <param name="every">n, at least 1: 16 leaves the labels of a sixteenth of the labelled rows, rounded up.</param>
    /// <returns>A view that can be shuffled: the same rows, <c>LabelPath</c> empty where the label is taken away.</returns>
    /// <exception cref="ArgumentException">The view has no rows, or lacks one of the columns, or it holds something else.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="every"/> is less than 1.</exception>
    public static IDataView ThinLabels(this DataOperationsCatalog catalog, IDataView data, int every)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        string[][] columns = ReadText(data, nameof(data), ImagePath, LabelPath);
        string[] labels = columns[1];
        int labelled = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            if (!string.IsNullOrWhiteSpace(labels[row]) && labelled++ % every != 0)
            {
                labels[row] = string.Empty;
            }
        }

        return new MemoryDataView((ImagePath, columns[0]), (LabelPath, labels));
    }

    /// <summary>
    /// Lists GTA5 as published: <c>images/*.png</c> and <c>labels/*.png</c>, matched by name. No file is opened; some of
    /// the published pairs differ in size. <see cref="LabelEncoding.Gta5"/> reads the masks.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="root">The folder of <c>images</c> and <c>labels</c>.</param>
    /// <returns>
    /// A view that can be shuffled, in the ordinal order of names: the text columns <c>ImagePath</c> and <c>LabelPath</c>; full paths.
    /// </returns>
    /// <exception cref="DirectoryNotFoundException">The root does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A folder, all images, or masks of images are missing; the message says which, and what was found.
    /// </exception>
    public static IDataView LoadGta5(this DataOperationsCatalog catalog, string root) => Load(catalog, root, PublishedLayout.Gta5);

    /// <summary>
    /// Lists SYNTHIA-RAND-CITYSCAPES as published: <c>RGB/*.png</c> and <c>GT/LABELS/*.png</c>, matched by name. No file is
    /// opened. <see cref="LabelEncoding.Synthia"/> reads the masks.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="root">The folder of <c>RGB</c> and <c>GT</c>.</param>
    /// <returns>
    /// A view that can be shuffled, in the ordinal order of names: the text columns <c>ImagePath</c> and <c>LabelPath</c>; full paths.
    /// </returns>
    /// <exception cref="DirectoryNotFoundException">The root does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A folder, all images, or masks of images are missing; the message says which, and what was found.
    /// </exception>
    public static IDataView LoadSynthia(this DataOperationsCatalog catalog, string root) => Load(catalog, root, PublishedLayout.Synthia);

    /// <summary>
    /// Lists a split of Cityscapes as published: <c>leftImg8bit/SPLIT/CITY/*_leftImg8bit.png</c> and, where there is a
    /// folder <c>gtFine/SPLIT</c>, the <c>*_gtFine_labelIds.png</c> of each. No file is opened.
    /// <see cref="LabelEncoding.Cityscapes"/> reads the masks; those of the test split have no class anywhere.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="root">The folder of <c>leftImg8bit</c>.</param>
    /// <param name="split">The split: <c>train</c>, <c>val</c>, <c>test</c>, or another folder of <c>leftImg8bit</c>.</param>
    /// <returns>
    /// A view that can be shuffled, in the ordinal order of cities and names: the text column <c>ImagePath</c> and, with
    /// masks, <c>LabelPath</c>; full paths.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="split"/> is no name of a folder.</exception>
    /// <exception cref="DirectoryNotFoundException">The root does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// The split's folder or all its images are missing, or masks of some images are; the message says which, and what was found.
    /// </exception>
    public static IDataView LoadCityscapes(this DataOperationsCatalog catalog, string root, string split) =>
        Load(catalog, root, PublishedLayout.Cityscapes(CheckSplit(split)));

    /// <summary>
    /// Lists a split of CamVid in its form of 11 classes: <c>SPLIT/*.png</c> (or <c>.jpg</c>) and, where there
    /// is a folder <c>SPLITannot</c>, the mask of the same name there. No file is opened. <see cref="LabelEncoding.CamVid"/> reads the
    /// masks, or as Cityscapes' classes <see cref="LabelEncoding.CamVidAsCityscapes"/>.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="root">The folder of <c>train</c>, <c>trainannot</c> and the like.</param>
    /// <param name="split">The split: <c>train</c>, <c>val</c> or <c>test</c>.</param>
    /// <returns>
    /// A view that can be shuffled, in the ordinal order of names: the text column <c>ImagePath</c> and, with masks,
    /// <c>LabelPath</c>; full paths.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="split"/> is no name of a folder.</exception>
    /// <exception cref="DirectoryNotFoundException">The root does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// The split's folder or all its images are missing, or masks of some images are; the message says which, and what was found.
    /// </exception>
    public static IDataView LoadCamVid(this DataOperationsCatalog catalog, string root, string split) =>
        Load(catalog, root, PublishedLayout.CamVid(CheckSplit(split)));

    /// <summary>
    /// Names a view's images as a trained model knows them, to be scored: <c>ImagePath</c> becomes <c>TargetImagePath</c>.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="target">A view with the text column <c>ImagePath</c> and, if it has labels, <c>LabelPath</c>.</param>
    /// <returns>A view that can be shuffled: the text column <c>TargetImagePath</c> and, with labels, <c>LabelPath</c>.</returns>
    /// <exception cref="ArgumentException">The view has no rows, or no such column, or it holds something else.</exception>
    public static IDataView AsTargetDomain(this DataOperationsCatalog catalog, IDataView target)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(target);
        if (target.Schema.GetColumnOrNull(LabelPath) is null)
        {
            return new MemoryDataView((TargetImagePath, ReadText(target, nameof(target), ImagePath)[0]));
        }

        string[][] columns = ReadText(target, nameof(target), ImagePath, LabelPath);
        return new MemoryDataView((TargetImagePath, columns[0]), (LabelPath, columns[1]));
    }

    /// <summary>
    /// Puts a labelled source domain and an unlabelled target domain side by side: the longer view once, the shorter
    /// repeated. Rows pair nothing; the trainer samples each domain on its own.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="source">A view with the text columns <c>ImagePath</c> and <c>LabelPath</c>.</param>
    /// <param name="target">A view with the text column <c>ImagePath</c>.</param>
    /// <param name="withTargetLabels">
    /// Whether the target's text column <c>LabelPath</c>, which may be empty in some rows, becomes <c>TargetLabelPath</c>.
    /// </param>
    /// <returns>
    /// A view that can be shuffled, with the text columns <c>SourceImagePath</c>, <c>SourceLabelPath</c>,
    /// <c>TargetImagePath</c> and, where asked for, <c>TargetLabelPath</c>.
    /// </returns>
    /// <exception cref="ArgumentException">A view has no rows, or lacks one of the columns, or it holds something else.</exception>
    public static IDataView PairDomains(
        this DataOperationsCatalog catalog, IDataView source, IDataView target, bool withTargetLabels = false)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        string[][] sources = ReadText(source, nameof(source), ImagePath, LabelPath);
        string[][] targets = ReadText(target, nameof(target), withTargetLabels ? [ImagePath, LabelPath] : [ImagePath]);
        (string, IReadOnlyList<string>)[] columns =
            [("SourceImagePath", sources[0]), ("SourceLabelPath", sources[1]), (TargetImagePath, targets[0])];
        return new MemoryDataView(withTargetLabels ? [.. columns, (TargetLabelPath, targets[1])] : columns);
    }

    private static MemoryDataView View(DataOperationsCatalog catalog, SegmentationFolder folder)
    {
        if (folder.LeftOut.Count > 0)
        {
            using IChannel channel = catalog.GetEnvironment().Start("RoadFolder");
            foreach (string text in folder.LeftOut.Describe())
            {
                channel.Warning(MessageSensitivity.UserData, text);
            }
        }

        return folder.Labels is null
            ? new MemoryDataView((ImagePath, folder.Images))
            : new MemoryDataView((ImagePath, folder.Images), (LabelPath, folder.Labels));
    }

    private static MemoryDataView Load(DataOperationsCatalog catalog, string root, PublishedLayout layout)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        (string[] images, string[]? labels) = PublishedFolder.List(root, layout);
        return labels is null ? new MemoryDataView((ImagePath, images)) : new MemoryDataView((ImagePath, images), (LabelPath, labels));
    }

    private static string CheckSplit(string split)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(split);
        return split.AsSpan().IndexOfAny('/', '\\') < 0 && split is not ("." or "..")
            ? split
            : throw new ArgumentException(
                $"The split must be the name of one folder, such as 'train' or 'val', not '{split}'.", nameof(split));
    }

    private static string[][] ReadText(IDataView view, string parameter, params string[] names)
    {
        var columns = new List<DataViewSchema.Column>();
        foreach (string name in names)
        {
            DataViewSchema.Column? column = view.Schema.GetColumnOrNull(name);
            if (column is not { Type: TextDataViewType })
            {
                string has = column is null
                    ? $"its columns are {string.Join(", ", view.Schema.Select(other => $"'{other.Name}'"))}"
                    : string.Create(CultureInfo.InvariantCulture, $"it holds {column.Value.Type}");
                throw new ArgumentException($"The {parameter} view must have the text column '{name}'; {has}.", parameter);
            }

            columns.Add(column.Value);
        }

        var values = names.Select(_ => new List<string>()).ToArray();
        using DataViewRowCursor cursor = view.GetRowCursor(columns);
        ValueGetter<ReadOnlyMemory<char>>[] getters = [.. columns.Select(cursor.GetGetter<ReadOnlyMemory<char>>)];
        ReadOnlyMemory<char> text = default;
        while (cursor.MoveNext())
        {
            for (int i = 0; i < getters.Length; i++)
            {
                getters[i](ref text);

                // Paths that are strings already are shared, not copied.
                bool isWhole = MemoryMarshal.TryGetString(text, out string? whole, out _, out int length) && length == whole.Length;
                values[i].Add(isWhole ? whole! : text.ToString());
            }
        }

        return values[0].Count > 0
            ? [.. values.Select(list => list.ToArray())]
            : throw new ArgumentException($"The {parameter} view has no rows.", parameter);
    }
}
