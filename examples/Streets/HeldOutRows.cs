using Microsoft.ML;
using Microsoft.ML.Data;

namespace Streets;

/// <summary>Takes images out of a list of files, evenly spread over it, the same in every run.</summary>
internal static class HeldOutRows
{
    private const int Step = 20;
    private const int Most = 100;

    /// <summary>Parts every twentieth image, at most 100 and at least one, from the others.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="files">The text columns <c>ImagePath</c> and <c>LabelPath</c>, of two rows or more.</param>
    /// <returns>The others, and those taken out.</returns>
    /// <exception cref="InvalidDataException">There is one image only.</exception>
    public static (IDataView Others, IDataView HeldOut) Part(MLContext ml, IDataView files)
    {
        Row[] rows = Rows(files);
        if (rows.Length < 2)
        {
            throw new InvalidDataException("One labelled image is not enough to keep some out of the training.");
        }

        HashSet<int> heldOut = [.. Places(rows.Length, Math.Clamp(rows.Length / Step, 1, Most))];
        return (
            View(ml, rows.Where((_, place) => !heldOut.Contains(place))),
            View(ml, rows.Where((_, place) => heldOut.Contains(place))));
    }

    /// <summary>The images of a list at some places.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="files">The text columns <c>ImagePath</c> and <c>LabelPath</c>.</param>
    /// <param name="has">Whether the image at a place, from 0, is among them.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static IDataView Take(MLContext ml, IDataView files, Func<int, bool> has)
    {
        Row[] rows = Rows(files);
        Row[] taken = [.. rows.Where((_, place) => has(place))];
        return taken.Length > 0 ? View(ml, taken) : throw new InvalidDataException(
            $"The share has no image: there are {rows.Length}, fewer than shares.");
    }

    /// <summary>Some images of a list, at most 100 unless told otherwise.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="files">The text column <c>ImagePath</c>.</param>
    /// <param name="most">The most of them.</param>
    public static IDataView Some(MLContext ml, IDataView files, int most = Most)
    {
        string[] images = [.. files.GetColumn<string>("ImagePath")];
        return View(ml, Places(images.Length, Math.Min(images.Length, most)).Select(place => new Row { ImagePath = images[place] }));
    }

    private static Row[] Rows(IDataView files) => [.. files.GetColumn<string>("ImagePath").Zip(files.GetColumn<string>("LabelPath"))
        .Select(static pair => new Row { ImagePath = pair.First, LabelPath = pair.Second })];

    /// <summary>The middles of equal parts of a list.</summary>
    private static IEnumerable<int> Places(int length, int count) =>
        Enumerable.Range(0, count).Select(i => (int)(((2L * i) + 1) * length / (2L * count)));

    private static IDataView View(MLContext ml, IEnumerable<Row> rows) => ml.Data.LoadFromEnumerable(rows.ToArray());

    private sealed class Row
    {
        public string ImagePath { get; set; } = string.Empty;

        public string LabelPath { get; set; } = string.Empty;
    }
}
