namespace Streets.Convert;

/// <summary>The readers of all formats.</summary>
internal static class AnnotationReaders
{
    private static readonly IAnnotationReader[] Readers =
        [new CvatReader(), new CocoReader(), new LabelStudioReader(), new VocReader(), new LabelmeReader()];

    /// <summary>The names of the formats.</summary>
    public static string[] Formats { get; } = [.. Readers.Select(static reader => reader.Format)];

    /// <summary>The reader of a format; null where the name is none.</summary>
    public static IAnnotationReader? Get(string format) => Array.Find(Readers, reader => reader.Format == format);

    /// <summary>The reader that a file or folder is for.</summary>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    /// <exception cref="InvalidDataException">It is of no known format.</exception>
    public static IAnnotationReader Recognize(string path)
    {
        if (!Path.Exists(path))
        {
            throw new FileNotFoundException($"There is no file or folder of labels '{path}'.", path);
        }

        return Array.Find(Readers, reader => reader.Recognizes(path))
            ?? throw new InvalidDataException(
                $"'{path}' is none of the formats known: {string.Join("; ", Readers.Select(static reader => reader.Description))}.");
    }
}
