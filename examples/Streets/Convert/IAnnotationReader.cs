namespace Streets.Convert;

/// <summary>Reads what one labelling tool, or one format, has for labelled areas.</summary>
internal interface IAnnotationReader
{
    /// <summary>The format's name on the command line.</summary>
    string Format { get; }

    /// <summary>What the format is, for people.</summary>
    string Description { get; }

    /// <summary>Whether a file or a folder is of this format, by a look at it.</summary>
    bool Recognizes(string path);

    /// <summary>Reads a file, or all files of a folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="takesBoxes">Whether rectangles that stand for objects in them are areas.</param>
    /// <exception cref="InvalidDataException">The content is not of this format; the message names the file.</exception>
    Annotations Read(string path, bool takesBoxes);
}
