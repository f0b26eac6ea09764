using System.Globalization;
using Road.MLNet.Data;

namespace Road.MLNet;

/// <summary>
/// The files in folders of images and label masks that are not listed. Names that begin with a dot and what file managers keep for
/// themselves, such as <c>Thumbs.db</c>, do not count.
/// </summary>
public sealed class LeftOutFiles
{
    internal LeftOutFiles(IReadOnlyList<string> others, IReadOnlyList<string> masksWithoutImage, IReadOnlyList<string> imagesWithoutMask)
    {
        Others = others;
        MasksWithoutImage = masksWithoutImage;
        ImagesWithoutMask = imagesWithoutMask;
    }

    /// <summary>Files whose extensions are not those of images, or in the folder of masks not <c>.png</c>.</summary>
    public IReadOnlyList<string> Others { get; }

    /// <summary>Masks that belong to no image.</summary>
    public IReadOnlyList<string> MasksWithoutImage { get; }

    /// <summary>Images without a mask, where they are left out.</summary>
    public IReadOnlyList<string> ImagesWithoutMask { get; }

    /// <summary>The number of them all.</summary>
    public int Count => Others.Count + MasksWithoutImage.Count + ImagesWithoutMask.Count;

    /// <summary>One text for each kind of file that there is: the count and up to five names.</summary>
    internal IEnumerable<string> Describe()
    {
        return Texts().Where(static text => text.Files.Count > 0).Select(static text => string.Create(
            CultureInfo.InvariantCulture,
            $"Left out {text.Files.Count} {text.What}: {FolderContent.Shorten(text.Files)}"));

        IEnumerable<(IReadOnlyList<string> Files, string What)> Texts() =>
        [
            (Others, Others.Count == 1 ? "file of another kind" : "files of other kinds"),
            (MasksWithoutImage, MasksWithoutImage.Count == 1 ? "label mask without an image" : "label masks without an image"),
            (ImagesWithoutMask, ImagesWithoutMask.Count == 1 ? "image without a label mask" : "images without a label mask"),
        ];
    }
}
