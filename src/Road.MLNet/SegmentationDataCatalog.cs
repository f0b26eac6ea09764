using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;

namespace Road.MLNet;

/// <summary>Folders of images and label masks in <c>ml.Data</c>.</summary>
public static class SegmentationDataCatalog
{
    private const string ImagePath = "ImagePath";
    private const string LabelPath = "LabelPath";

    /// <summary>
    /// Lists the images of a folder and, where a label folder is given, the mask of each: the PNG file with the image's
    /// name. Sub-folders are not searched, and no image is opened.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="imageFolder">A folder of images: <c>.png</c>, <c>.jpg</c>, <c>.jpeg</c> or <c>.bmp</c>.</param>
    /// <param name="labelFolder">A folder of label masks, <c>.png</c>; null where there are none.</param>
    /// <returns>
    /// A view that can be shuffled, in the ordinal order of file names: the text column <c>ImagePath</c> and, with
    /// labels, <c>LabelPath</c>; full paths.
    /// </returns>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// There is no image, two files have the same name without extension, or images have no label mask.
    /// </exception>
    public static IDataView LoadSegmentationFolder(this DataOperationsCatalog catalog, string imageFolder, string? labelFolder = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(imageFolder);
        string[] images = SegmentationFolder.ListImages(imageFolder);
        return labelFolder is null
            ? new TextDataView((ImagePath, images))
            : new TextDataView((ImagePath, images), (LabelPath, SegmentationFolder.FindLabels(images, imageFolder, labelFolder)));
    }

    /// <summary>
    /// Puts a labelled source domain and an unlabelled target domain side by side: the longer view once, the shorter
    /// repeated. Rows pair nothing; the trainer samples each domain on its own.
    /// </summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="source">A view with the text columns <c>ImagePath</c> and <c>LabelPath</c>.</param>
    /// <param name="target">A view with the text column <c>ImagePath</c>.</param>
    /// <returns>
    /// A view that can be shuffled, with the text columns <c>SourceImagePath</c>, <c>SourceLabelPath</c> and
    /// <c>TargetImagePath</c>.
    /// </returns>
    /// <exception cref="ArgumentException">A view has no rows, or lacks one of the columns, or it holds something else.</exception>
    public static IDataView PairDomains(this DataOperationsCatalog catalog, IDataView source, IDataView target)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        string[][] sources = ReadText(source, nameof(source), ImagePath, LabelPath);
        string[][] targets = ReadText(target, nameof(target), ImagePath);
        return new TextDataView(("SourceImagePath", sources[0]), ("SourceLabelPath", sources[1]), ("TargetImagePath", targets[0]));
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
