using Microsoft.ML.Data;
using Road.Files;

namespace Streets;

/// <summary>The two files that <c>predict</c> writes of an image.</summary>
internal sealed class MaskFiles
{
    private readonly string _name;
    private readonly string _colors;
    private readonly string _labels;

    /// <param name="folder">The folder of masks.</param>
    /// <param name="image">The image.</param>
    /// <param name="imageFolder">
    /// The folder below which the image's sub-folder is its masks' too; null where masks go into one folder.
    /// </param>
    public MaskFiles(string folder, string image, string? imageFolder)
    {
        _name = imageFolder is null ? Path.GetFileName(image) : Path.GetRelativePath(imageFolder, image);
        string stem = Path.ChangeExtension(Path.Combine(folder, _name), null);
        _colors = stem + ".png";
        _labels = stem + "_labels.png";
    }

    /// <summary>Refuses what lies where masks go and no earlier run has written, by the mark that it leaves in its files.</summary>
    /// <exception cref="UsageException">There is such a file, as in a folder of true masks.</exception>
    public static void RefuseForeign(IReadOnlyList<MaskFiles> all)
    {
        foreach (string file in all.SelectMany(static masks => new[] { masks._colors, masks._labels }))
        {
            if (File.Exists(file) && !SpecialFile.IsAt(file) && !MaskPng.IsOwn(file))
            {
                throw new UsageException(
                    $"'{file}' is there already and would be overwritten, but it is no mask that predict wrote. Remove it, or give "
                    + "another --out.");
            }
        }
    }

    /// <summary>Adds the files to what the command writes.</summary>
    /// <exception cref="FileClashException">One of them is an input, or another image's.</exception>
    public void AddTo(FilePlan plan)
    {
        plan.Write(_colors, $"the mask of {_name}");
        plan.Write(_labels, $"the class ids of {_name}");
    }

    /// <summary>Writes the mask in colours, and the pixels' class ids.</summary>
    public void Write(MLImage mask, byte[] ids)
    {
        OutputFile.Write(_labels, stream => MaskPng.Write(stream, ids, mask.Width, mask.Height));
        OutputFile.Write(_colors, stream => MaskPng.Write(stream, mask));
    }
}
