using Microsoft.ML.Data;

namespace Streets;

/// <summary>The two files that <c>predict</c> writes of an image.</summary>
internal sealed class MaskFiles
{
    private readonly string image;
    private readonly string colors;
    private readonly string labels;

    public MaskFiles(string folder, string image)
    {
        string name = Path.Combine(folder, Path.GetFileNameWithoutExtension(image));
        this.image = image;
        colors = name + ".png";
        labels = name + "_labels.png";
    }

    /// <summary>
    /// Refuses what lies where masks go and no earlier run has written. Such a run leaves both files of each image, or of the one that
    /// it was killed at the class ids, which come first.
    /// </summary>
    /// <exception cref="UsageException">There is such a file, as in a folder of true masks.</exception>
    public static void RefuseForeign(IReadOnlyList<MaskFiles> all)
    {
        MaskFiles[] single = [.. all.Where(static masks => File.Exists(masks.colors) != File.Exists(masks.labels))];
        string[] foreign = [.. single.Select(static masks => masks.colors).Where(File.Exists)];
        string[] halves = [.. single.Select(static masks => masks.labels).Where(File.Exists)];
        if ((foreign.Length > 0 ? foreign : halves.Length > 1 ? halves : null) is { } refused)
        {
            throw new UsageException(
                $"'{refused[0]}' is there already and would be overwritten, but it is no mask of an earlier run, "
                + "which leaves NAME.png and NAME_labels.png of each image. Remove it, or give another --out.");
        }
    }

    /// <summary>Adds the files to what the command writes.</summary>
    /// <exception cref="FileClashException">One of them is an input, or another image's.</exception>
    public void AddTo(FilePlan plan)
    {
        string name = Path.GetFileName(image);
        plan.Write(colors, $"the mask of {name}");
        plan.Write(labels, $"the class ids of {name}");
    }

    /// <summary>Writes the mask in colours, and the pixels' class ids.</summary>
    public void Write(MLImage mask, byte[] ids)
    {
        OutputFile.Write(labels, stream => MaskPng.Write(stream, ids, mask.Width, mask.Height));
        OutputFile.Write(colors, stream => MaskPng.Write(stream, mask));
    }
}
