using System.Globalization;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>Makes views of images in memory.</summary>
internal static class ImageList
{
    private const string Name = "Name";

    /// <summary>A view of images without labels.</summary>
    /// <param name="images">The images.</param>
    /// <param name="imageColumnName">The name of their column.</param>
    /// <exception cref="ArgumentException">There is no image.</exception>
    public static MemoryDataView CreateView(IReadOnlyList<MLImage> images, string imageColumnName)
    {
        MLImage[] list = Check(images);
        return new MemoryDataView([ImagesOf(list, imageColumnName)]);
    }

    /// <summary>A view of images and their labels.</summary>
    /// <param name="images">The images with their labels.</param>
    /// <param name="labels">What the classes are.</param>
    /// <param name="imageColumnName">The name of the images' column.</param>
    /// <param name="labelColumnName">The name of the labels' column.</param>
    /// <exception cref="ArgumentException">There is no image, or labels have a class that is not among the encoding's.</exception>
    public static MemoryDataView CreateView(
        IReadOnlyList<LabelledImage> images, LabelEncoding labels, string imageColumnName, string labelColumnName)
    {
        LabelledImage[] list = Check(images);
        int classCount = labels.ClassNames.Count;
        foreach ((int index, LabelledImage image) in list.Index())
        {
            if (image.Labels is { } own && own.Mask.Keys.IndexOfAnyInRange((byte)(classCount + 1), byte.MaxValue) is >= 0 and int at)
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Image {index}{(image.Name.Length > 0 ? $" ('{image.Name}')" : string.Empty)} has the class "
                        + $"{own.Mask.Keys[at] - 1} at the pixel ({at % own.Width}, {at / own.Width}), but classes are 0 to "
                        + $"{classCount - 1}."),
                    nameof(images));
            }
        }

        string sizeColumnName = LabelColumn.SizeColumnName(labelColumnName);
        return new MemoryDataView(
        [
            ImagesOf([.. list.Select(static image => image.Image)], imageColumnName),
            new MemoryColumn<VBuffer<byte>>(
                new(
                    labelColumnName,
                    LabelColumn.CreateType(classCount),
                    LabelColumn.CreateAnnotations(labels.ClassNames, labels.Palette, sizeColumnName)),
                list.Length,
                (int index, ref VBuffer<byte> keys) => Read(list[index].Labels, ref keys)),
            new MemoryColumn<VBuffer<int>>(
                new(sizeColumnName, LabelColumn.SizeType),
                list.Length,
                (int index, ref VBuffer<int> size) =>
                    LabelColumn.SetSize(list[index].Labels?.Width ?? 0, list[index].Labels?.Height ?? 0, ref size)),
            MemoryColumn.OfTexts(Name, [.. list.Select(static image => image.Name)]),
        ]);
    }

    private static MemoryColumn<MLImage> ImagesOf(MLImage[] images, string name) =>
        new(new(name, ImageColumn.Type), images.Length, (int index, ref MLImage image) => image = images[index]);

    private static void Read(LabelImage? labels, ref VBuffer<byte> keys)
    {
        ReadOnlySpan<byte> own = labels is null ? [] : labels.Mask.Keys;
        VBufferEditor<byte> editor = VBufferEditor.Create(ref keys, own.Length);
        own.CopyTo(editor.Values);
        keys = editor.Commit();
    }

    /// <summary>A copy of a list, so that views do not change with it.</summary>
    private static T[] Check<T>(IReadOnlyList<T> images)
        where T : class
    {
        T[] list = [.. images];
        int missing = Array.IndexOf(list, null);
        return list.Length == 0 ? throw new ArgumentException("There is no image.", nameof(images))
            : missing < 0 ? list
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Image {missing} is null."), nameof(images));
    }
}
