using Microsoft.ML.Data;
using Road.Files;

namespace Streets;

/// <summary>The files that <c>predict</c> writes of an image.</summary>
internal sealed class MaskFiles
{
    private readonly string _name;
    private readonly string _colors;
    private readonly string _labels;
    private readonly string? _overlay;

    /// <param name="folder">The folder of masks.</param>
    /// <param name="image">The image.</param>
    /// <param name="imageFolder">
    /// The folder below which the image's sub-folder is its masks' too; null where masks go into one folder.
    /// </param>
    /// <param name="hasOverlay">Whether the mask is written over its image too.</param>
    public MaskFiles(string folder, string image, string? imageFolder, bool hasOverlay)
    {
        _name = imageFolder is null ? Path.GetFileName(image) : Path.GetRelativePath(imageFolder, image);
        string stem = Path.ChangeExtension(Path.Combine(folder, _name), null);
        _colors = stem + ".png";
        _labels = stem + "_labels.png";
        _overlay = hasOverlay ? stem + "_overlay.png" : null;
    }

    /// <summary>Refuses what lies where masks go and no earlier run has written, by the mark that it leaves in its files.</summary>
    /// <exception cref="UsageException">There is such a file, as in a folder of true masks.</exception>
    public static void RefuseForeign(IReadOnlyList<MaskFiles> all)
    {
        foreach (string file in all.SelectMany(static masks => masks.All()))
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
        if (_overlay is not null)
        {
            plan.Write(_overlay, $"the overlay of {_name}");
        }
    }

    /// <summary>The image's name, with its sub-folder where its masks have it too.</summary>
    public string Name => _name;

    /// <summary>Whether all files are there, written by an earlier run and no older than the image.</summary>
    public bool AreDone(string image)
    {
        DateTime written = File.GetLastWriteTimeUtc(image);
        return All().All(file => File.Exists(file) && File.GetLastWriteTimeUtc(file) >= written && MaskPng.IsOwn(file));
    }

    /// <summary>Writes the mask in colours, the pixels' class ids, and the overlay where there is one.</summary>
    public void Write(MLImage mask, byte[] ids, MLImage? overlay)
    {
        if (_overlay is not null && overlay is not null)
        {
            OutputFile.Write(_overlay, stream => MaskPng.Write(stream, overlay));
        }

        OutputFile.Write(_labels, stream => MaskPng.Write(stream, ids, mask.Width, mask.Height));
        OutputFile.Write(_colors, stream => MaskPng.Write(stream, mask));
    }

    private IEnumerable<string> All() => _overlay is null ? [_colors, _labels] : [_colors, _labels, _overlay];
}
