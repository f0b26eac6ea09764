using System.Globalization;
using Microsoft.ML.Data;

namespace Road.MLNet;

/// <summary>An image in memory with the classes of its pixels.</summary>
public sealed class LabelledImage
{
    /// <summary>Puts an image and its labels together.</summary>
    /// <param name="image">The image, 32-bit BGRA or RGBA. It stays its owner's, who keeps it as long as views of it are read.</param>
    /// <param name="labels">Its classes, of the image's size; null for an image without labels.</param>
    /// <param name="name">What messages call it, such as where it came from; empty for none.</param>
    /// <exception cref="ArgumentException">The labels are of another size than the image; the message has both.</exception>
    public LabelledImage(MLImage image, LabelImage? labels, string name = "")
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(name);
        if (labels is not null && (labels.Width, labels.Height) != (image.Width, image.Height))
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The labels are {labels.Width} x {labels.Height} pixels, but the image"
                    + $"{(name.Length > 0 ? $" '{name}'" : string.Empty)} is {image.Width} x {image.Height}."),
                nameof(labels));
        }

        Image = image;
        Labels = labels;
        Name = name;
    }

    /// <summary>The image.</summary>
    public MLImage Image { get; }

    /// <summary>The classes of its pixels; null where it has no labels.</summary>
    public LabelImage? Labels { get; }

    /// <summary>What messages call it; empty for none.</summary>
    public string Name { get; }
}
