using Road.MLNet;

namespace Streets;

/// <summary>The number that a mask file has for each class.</summary>
internal sealed class PixelIds
{
    // What Cityscapes calls unlabelled, and the class ids of other sets 255.
    private const byte UnlabelledId = 0;

    private readonly byte[] _ids = [.. Enumerable.Range(0, byte.MaxValue + 1).Select(static key => unchecked((byte)(key - 1)))];

    private PixelIds()
    {
    }

    /// <summary>The numbers of a model's classes.</summary>
    /// <param name="classNames">The classes.</param>
    /// <param name="asLabelIds">Whether they are Cityscapes' label ids, as its server takes them; else each class's index.</param>
    /// <exception cref="UsageException">Label ids are wanted of other classes.</exception>
    public static PixelIds For(IReadOnlyList<string> classNames, bool asLabelIds)
    {
        PixelIds result = new();
        if (!asLabelIds)
        {
            return result;
        }

        if (!classNames.SequenceEqual(CityscapesClasses.Names))
        {
            throw new UsageException(
                $"--ids labelId needs a model of Cityscapes' {CityscapesClasses.Names.Count} classes in their order; "
                + $"this model's are {string.Join(", ", classNames)}.");
        }

        Array.Fill(result._ids, UnlabelledId);
        for (int i = 0; i < classNames.Count; i++)
        {
            result._ids[i + 1] = (byte)CityscapesClasses.LabelIds[i];
        }

        return result;
    }

    /// <summary>The number of a predicted key, which is the class's index and 1.</summary>
    public byte Of(byte key) => _ids[key];
}
