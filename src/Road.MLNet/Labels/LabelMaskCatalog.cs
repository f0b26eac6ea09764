using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;

namespace Road.MLNet;

/// <summary>Label masks in <c>ml.Transforms</c>.</summary>
public static class LabelMaskCatalog
{
    /// <summary>
    /// Loads label masks, PNG files, as <c>Vector&lt;Key&lt;byte&gt;&gt;</c>, row-major, H x W long: key = class + 1, 0
    /// (missing) = ignored. The class names are the column's key values, and its annotation <c>ClassColors</c> holds the
    /// palette. Masks are read row by row, only where the column is asked for, and are never scaled.
    /// </summary>
    /// <remarks>
    /// A row whose file is missing throws <see cref="FileNotFoundException"/>, a file that is no PNG file, is damaged, too large or
    /// of a form that does not fit the encoding <see cref="InvalidDataException"/>, and one that cannot be read
    /// <see cref="IOException"/>; the messages name the file and the row. Classes of one colour, which predicted masks do not tell apart,
    /// are named in a warning in the context's log, from the source <c>RoadLabels</c>.
    /// </remarks>
    /// <param name="catalog">The catalog, <c>ml.Transforms</c>.</param>
    /// <param name="outputColumnName">The name of the new column.</param>
    /// <param name="labelFolder">The folder that relative paths start from; null or empty for the current folder.</param>
    /// <param name="inputColumnName">The text column of paths; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="encoding">What the masks' pixels mean.</param>
    /// <param name="maxPixels">
    /// The most pixels, width times height, that a mask may have, 1 to 536,870,911; 2^28 unless given. A larger one is refused by its
    /// header, before memory is taken for it.
    /// </param>
    /// <param name="allowsMissing">
    /// Whether a row whose path is empty has no mask: an empty vector, and a size of 0 x 0, in place of an error. For a target domain of
    /// which some images have labels, <see cref="RoadTrainerOptions.TargetLabelColumnName"/>.
    /// </param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="outputColumnName"/> is empty, the encoding is null, or the limit is outside its range.
    /// </exception>
    public static LabelMaskLoadingEstimator LoadLabelMasks(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? labelFolder,
        string? inputColumnName,
        LabelEncoding encoding,
        int maxPixels = PixelLimit.Default,
        bool allowsMissing = false) =>
        Create(catalog, outputColumnName, labelFolder, inputColumnName, encoding, maxPixels, allowsMissing, PngMaskReader.Instance);

    /// <summary>Makes an estimator whose masks are read in one way or another; the rest as in <see cref="LoadLabelMasks"/>.</summary>
    internal static LabelMaskLoadingEstimator Create(
        TransformsCatalog catalog,
        string outputColumnName,
        string? labelFolder,
        string? inputColumnName,
        LabelEncoding encoding,
        int maxPixels,
        bool allowsMissing,
        LabelMaskReader reader)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        ArgumentNullException.ThrowIfNull(encoding);
        IHostEnvironment environment = catalog.GetEnvironment();
        if (encoding.DescribeSharedColors() is { } shared)
        {
            using IChannel channel = environment.Start("RoadLabels");
            channel.Warning(MessageSensitivity.UserData, shared);
        }

        return new LabelMaskLoadingEstimator(
            environment,
            new LabelMaskLoadingTransformer(
                environment, outputColumnName, labelFolder, inputColumnName ?? outputColumnName, encoding, maxPixels, allowsMissing,
                reader));
    }
}
