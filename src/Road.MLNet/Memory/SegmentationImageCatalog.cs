using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;

namespace Road.MLNet;

/// <summary>Images and labels in memory, in <c>ml.Data</c>.</summary>
public static class SegmentationImageCatalog
{
    /// <summary>
    /// Makes a view of images in memory and their labels, to train on or to measure a model on. An image without labels has an empty mask.
    /// </summary>
    /// <remarks>
    /// The images stay the caller's, who keeps them until the last pass over the view. Transforms of ML.NET that change images free those
    /// that they are given: let such a chain work on copies.
    /// </remarks>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="images">The images with their labels, at least one; they may differ in size.</param>
    /// <param name="labels">What the classes are.</param>
    /// <param name="imageColumnName">The name of the column of images: that of the trainer's source unless told.</param>
    /// <param name="labelColumnName">The name of the column of labels: that of the trainer's source unless told.</param>
    /// <returns>
    /// A view that can be shuffled: the images, their labels as <see cref="LabelMaskCatalog"/>'s loaders give them, with their sizes, and
    /// the text column <c>Name</c>, by which messages name an image.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// There is no image, or labels have a class that is not among <paramref name="labels"/>; the message names the image.
    /// </exception>
    public static IDataView LoadSegmentationImages(
        this DataOperationsCatalog catalog,
        IReadOnlyList<LabelledImage> images,
        LabelEncoding labels,
        string imageColumnName = RoadTrainerOptions.DefaultSourceImageColumnName,
        string labelColumnName = RoadTrainerOptions.DefaultSourceLabelColumnName)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentException.ThrowIfNullOrEmpty(imageColumnName);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        return ImageList.CreateView(images, labels, imageColumnName, labelColumnName);
    }

    /// <summary>Makes a view of images in memory that have no labels, to adapt to or to score.</summary>
    /// <param name="catalog">The catalog, <c>ml.Data</c>.</param>
    /// <param name="images">
    /// The images, at least one, 32-bit BGRA or RGBA; they may differ in size. They stay the caller's, who keeps them until the last pass
    /// over the view.
    /// </param>
    /// <param name="imageColumnName">The name of the column of images: that of the trainer's target unless told.</param>
    /// <returns>A view that can be shuffled, with that column.</returns>
    /// <exception cref="ArgumentException">There is no image.</exception>
    public static IDataView LoadSegmentationImages(
        this DataOperationsCatalog catalog,
        IReadOnlyList<MLImage> images,
        string imageColumnName = RoadTrainerOptions.DefaultTargetImageColumnName)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIfNullOrEmpty(imageColumnName);
        return ImageList.CreateView(images, imageColumnName);
    }
}
