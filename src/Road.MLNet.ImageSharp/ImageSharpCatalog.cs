using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;

namespace Road.MLNet;

/// <summary>Images and label masks that ImageSharp reads, in <c>ml.Transforms</c>.</summary>
public static class ImageSharpCatalog
{
    /// <summary>
    /// Loads images as <c>LoadImages</c> does, and TIFF, PBM and TGA beside its formats. Images are read row by row, only where the column
    /// is asked for. They stand upright, their colours are those of the file, whatever their alpha is, and 16 bits are rounded to 8.
    /// </summary>
    /// <remarks>
    /// A row whose path is empty has no image, as with <c>LoadImages</c>. A row whose file is missing throws
    /// <see cref="FileNotFoundException"/>, a file of another format, damaged, cut off or too large <see cref="InvalidDataException"/>, and
    /// one that cannot be read <see cref="IOException"/>; the messages name the file and the row. An image is valid until the next row is
    /// read.
    /// </remarks>
    /// <param name="catalog">The catalog, <c>ml.Transforms</c>.</param>
    /// <param name="outputColumnName">The name of the new column, of <see cref="MLImage"/>.</param>
    /// <param name="imageFolder">The folder that relative paths start from; null or empty for the current folder.</param>
    /// <param name="inputColumnName">The text column of paths; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="options">How they are read; null for the defaults.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException"><paramref name="outputColumnName"/> is empty.</exception>
    public static ImageSharpLoadingEstimator LoadImagesWithImageSharp(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? imageFolder,
        string? inputColumnName = null,
        ImageSharpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        IHostEnvironment environment = catalog.GetEnvironment();
        return new ImageSharpLoadingEstimator(
            environment,
            new ImageSharpLoadingTransformer(
                environment, outputColumnName, imageFolder, inputColumnName ?? outputColumnName, options ?? new ImageSharpOptions()));
    }

    /// <summary>
    /// Loads label masks as <see cref="LabelMaskCatalog.LoadLabelMasks"/> does, and TIFF, BMP, PBM and TGA beside PNG. Grey values, bits
    /// and the indices of palettes are ids, as those of PNG files are; a Targa file's palette gives colours alone.
    /// </summary>
    /// <remarks>
    /// Errors are those of <see cref="LabelMaskCatalog.LoadLabelMasks"/>. A palette that has one colour for several indices in use, samples
    /// of 32 bits, and pixels compressed with loss are refused by name.
    /// </remarks>
    /// <param name="catalog">The catalog, <c>ml.Transforms</c>.</param>
    /// <param name="outputColumnName">The name of the new column.</param>
    /// <param name="labelFolder">The folder that relative paths start from; null or empty for the current folder.</param>
    /// <param name="inputColumnName">The text column of paths; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="encoding">What the masks' pixels mean.</param>
    /// <param name="maxPixels">The most pixels, width times height, that a mask may have, 1 to 536,870,911; 2^28 unless given.</param>
    /// <param name="allowsMissing">Whether a row whose path is empty has no mask, in place of an error.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="outputColumnName"/> is empty, the encoding is null, or the limit is outside its range.
    /// </exception>
    public static LabelMaskLoadingEstimator LoadLabelMasksWithImageSharp(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? labelFolder,
        string? inputColumnName,
        LabelEncoding encoding,
        int maxPixels = PixelLimit.Default,
        bool allowsMissing = false) =>
        LabelMaskCatalog.Create(
            catalog, outputColumnName, labelFolder, inputColumnName, encoding, maxPixels, allowsMissing, ImageSharpMaskReader.Instance);
}
