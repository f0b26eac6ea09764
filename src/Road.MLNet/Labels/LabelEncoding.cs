using System.Globalization;
using Microsoft.ML.Data;
using Road.Files;
using Road.MLNet.Data;

namespace Road.MLNet;

/// <summary>
/// What the pixels of a data set's label masks mean: the classes, the colours to show them in, and which raw pixel
/// value belongs to which class. Values that no class claims are ignored by losses and metrics, unless a class has all of them: see
/// <see cref="WithOthers"/>.
/// </summary>
public sealed partial class LabelEncoding
{
    private readonly LabelDecoder _decoder;

    internal LabelEncoding(
        IReadOnlyList<string> classNames,
        IReadOnlyList<RgbColor> classColors,
        IReadOnlyDictionary<int, int>? idToClass,
        IReadOnlyDictionary<RgbColor, int>? colorToClass,
        LabelChannel channel,
        int? sampleBits = null,
        int? othersClass = null)
    {
        ClassNames = [.. classNames];
        ClassColors = [.. classColors];

        // What the class of all others claims by itself is among the others.
        IdToClass = idToClass is null
            ? null
            : new SortedDictionary<int, int>(idToClass.Where(pair => pair.Value != othersClass).ToDictionary());
        ColorToClass = colorToClass?.Where(pair => pair.Value != othersClass).ToDictionary();
        Channel = channel;
        SampleBits = sampleBits;
        OthersClass = othersClass;
        _decoder = new LabelDecoder(IdToClass, ColorToClass, channel, sampleBits, othersClass);
    }

    /// <summary>The names of the classes, 2 to 254, in the order of their indices.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The colour of each class in predicted masks.</summary>
    public IReadOnlyList<RgbColor> ClassColors { get; }

    /// <summary>Where a mask's pixel holds its id; of no meaning where classes are told by colour.</summary>
    public LabelChannel Channel { get; }

    /// <summary>The class of each raw id that a class claims; null where classes are told by colour.</summary>
    internal IReadOnlyDictionary<int, int>? IdToClass { get; }

    /// <summary>The class of each colour that a class claims; null where classes are told by id.</summary>
    internal IReadOnlyDictionary<RgbColor, int>? ColorToClass { get; }

    /// <summary>The bits that masks must have a sample, 8 (at most) or 16; null where any will do.</summary>
    internal int? SampleBits { get; }

    /// <summary>The class of the values that no other class claims; null where those are ignored.</summary>
    internal int? OthersClass { get; }

    /// <summary>The palette as label columns carry it: R, G, B of each class, 3 x K bytes.</summary>
    internal byte[] Palette => [.. ClassColors.SelectMany(color => new[] { color.Red, color.Green, color.Blue })];

    /// <summary>An encoding where the pixel value i is the class i; other values are ignored.</summary>
    /// <param name="classNames">The classes' names: 2 to 254, not empty, each once.</param>
    /// <param name="colors">
    /// A colour for each class in predicted masks; null for Cityscapes' colours where a name is one of Cityscapes'
    /// classes, and distinct other colours for the rest.
    /// </param>
    /// <param name="channel">Where a pixel holds its id: as a rule the only sample of a grey or palette mask.</param>
    /// <returns>The encoding.</returns>
    /// <exception cref="ArgumentException">The names or the colours are not as described.</exception>
    public static LabelEncoding FromIds(
        IReadOnlyList<string> classNames, IReadOnlyList<RgbColor>? colors = null, LabelChannel channel = LabelChannel.Index)
    {
        CheckNames(classNames);
        return FromIdMap(classNames, Enumerable.Range(0, classNames.Count).ToDictionary(i => i), colors, channel);
    }

    /// <summary>An encoding that maps raw pixel values to classes; values that are not in the map are ignored.</summary>
    /// <param name="classNames">The classes' names: 2 to 254, not empty, each once.</param>
    /// <param name="idToClass">
    /// The index of the class, 0 to K - 1, of each raw pixel value, 0 to 65535. Several values may have one class.
    /// </param>
    /// <param name="colors">A colour for each class, or null: see <see cref="FromIds"/>.</param>
    /// <param name="channel">Where a pixel holds its id: as a rule the only sample of a grey or palette mask.</param>
    /// <returns>The encoding.</returns>
    /// <exception cref="ArgumentException">The names, the map or the colours are not as described.</exception>
    public static LabelEncoding FromIdMap(
        IReadOnlyList<string> classNames,
        IReadOnlyDictionary<int, int> idToClass,
        IReadOnlyList<RgbColor>? colors = null,
        LabelChannel channel = LabelChannel.Index)
    {
        CheckNames(classNames);
        ArgumentNullException.ThrowIfNull(idToClass);
        foreach ((int id, int index) in idToClass)
        {
            if (id is < 0 or > ushort.MaxValue)
            {
                throw new ArgumentException(Invariant($"A raw pixel value must be 0 to 65535, not {id}."), nameof(idToClass));
            }

            CheckClass(Invariant($"The pixel value {id}"), index, classNames.Count, nameof(idToClass));
        }

        CheckNotEmpty(idToClass.Count, nameof(idToClass));
        if (!Enum.IsDefined(channel))
        {
            throw new ArgumentException($"The channel must be Index, Red, Green or Blue, not {channel}.", nameof(channel));
        }

        return new LabelEncoding(classNames, CompleteColors(classNames, colors), idToClass, null, channel);
    }

    /// <summary>An encoding for colour-coded masks; colours that are not in the map are ignored.</summary>
    /// <param name="classNames">The classes' names: 2 to 254, not empty, each once.</param>
    /// <param name="colorToClass">The index of the class, 0 to K - 1, of each colour. Several colours may have one class.</param>
    /// <param name="colors">
    /// A colour for each class in predicted masks; null for the first that the map gives each class, and as in
    /// <see cref="FromIds"/> where it gives none.
    /// </param>
    /// <returns>The encoding.</returns>
    /// <exception cref="ArgumentException">The names, the map or the colours are not as described.</exception>
    public static LabelEncoding FromColors(
        IReadOnlyList<string> classNames, IReadOnlyDictionary<RgbColor, int> colorToClass, IReadOnlyList<RgbColor>? colors = null)
    {
        CheckNames(classNames);
        ArgumentNullException.ThrowIfNull(colorToClass);
        var first = new RgbColor?[classNames.Count];
        foreach ((RgbColor color, int index) in colorToClass)
        {
            CheckClass($"The colour {color}", index, classNames.Count, nameof(colorToClass));
            first[index] ??= color;
        }

        CheckNotEmpty(colorToClass.Count, nameof(colorToClass));
        IReadOnlyList<RgbColor> shown = colors is null ? ClassPalette.Complete(classNames, first) : CompleteColors(classNames, colors);
        return new LabelEncoding(classNames, shown, null, colorToClass, LabelChannel.Index);
    }

    /// <summary>The same encoding, except that every pixel value or colour that no other class claims belongs to one class.</summary>
    /// <param name="className">The class, one of <see cref="ClassNames"/>; it need have no values of its own.</param>
    /// <returns>The encoding, which ignores nothing.</returns>
    /// <exception cref="ArgumentException">There is no such class, or no other class has a value.</exception>
    /// <exception cref="InvalidOperationException">Another class has all other values already.</exception>
    public LabelEncoding WithOthers(string className)
    {
        ArgumentException.ThrowIfNullOrEmpty(className);
        int index = Array.IndexOf([.. ClassNames], className);
        if (index < 0)
        {
            throw new ArgumentException($"There is no class '{className}'; there are {string.Join(", ", ClassNames)}.", nameof(className));
        }

        if (OthersClass is { } other && other != index)
        {
            throw new InvalidOperationException($"The class '{ClassNames[other]}' has all other values already; only one class can.");
        }

        LabelEncoding encoding = new(ClassNames, ClassColors, IdToClass, ColorToClass, Channel, SampleBits, index);
        return (encoding.IdToClass?.Count ?? encoding.ColorToClass!.Count) > 0 ? encoding : throw new ArgumentException(
            $"No class but '{className}' has a value: every pixel would be of that class.", nameof(className));
    }

    /// <summary>Reads an encoding from a JSON file.</summary>
    /// <param name="path">
    /// A file such as <c>{"classes": [{"name": "sky", "color": [70, 130, 180], "ids": [0]}, ...]}</c>. <c>ids</c> are the
    /// raw pixel values of the class, or, for one class, <c>"others"</c>: all that no other class has. <c>color</c>, red,
    /// green and blue, may be left out. Where all classes have <c>maskColors</c>, a list of colours or <c>"others"</c>, in
    /// place of <c>ids</c>, masks are colour-coded. <c>"channel"</c>, beside <c>"classes"</c>, may
    /// name the channel of ids in RGB masks: <c>"red"</c>, <c>"green"</c> or <c>"blue"</c>, and <c>"bits"</c> what a sample must have: 8
    /// (at most) or 16.
    /// </param>
    /// <returns>The encoding.</returns>
    /// <exception cref="InvalidDataException">
    /// The file's content is not as described, or larger than 16 MiB; the message names the file and why.
    /// </exception>
    /// <exception cref="IOException">The file is missing, no regular file, or cannot be read.</exception>
    public static LabelEncoding FromJsonFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] content = InputFile.ReadAllBytes(path, "classes file");
        try
        {
            return LabelEncodingJson.Parse(content).ToEncoding();
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"Cannot read the classes file '{path}': {exception.Message}", exception);
        }
    }

    /// <summary>Reads a label mask from a file.</summary>
    /// <param name="path">A PNG file, as loaders of label masks read it.</param>
    /// <returns>The class of each pixel; those that no class claims are ignored.</returns>
    /// <exception cref="InvalidDataException">
    /// It is no PNG file, damaged, of more than 2^28 pixels, or of a form that does not fit, such as RGB where ids are in a single channel;
    /// the message names it and why.
    /// </exception>
    /// <exception cref="IOException">The file is missing, no regular file, or cannot be read.</exception>
    public LabelImage Decode(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using LabelPng mask = LabelPngReader.Read(path, rent: true);
        return Decode(mask, path);
    }

    /// <summary>Reads a label mask from a stream, such as an upload or an entry of an archive; it stays open.</summary>
    /// <param name="mask">What is left of it is a PNG file.</param>
    /// <returns>The class of each pixel; those that no class claims are ignored.</returns>
    /// <exception cref="InvalidDataException">As for <see cref="Decode(string)"/>.</exception>
    public LabelImage Decode(Stream mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        using MemoryStream content = StreamBytes.Read(mask, CancellationToken.None);
        return DecodeInPlace(content.GetBuffer(), (int)content.Length);
    }

    /// <summary>Reads a label mask from the bytes of its file.</summary>
    /// <param name="mask">A PNG file.</param>
    /// <returns>The class of each pixel; those that no class claims are ignored.</returns>
    /// <exception cref="InvalidDataException">As for <see cref="Decode(string)"/>.</exception>
    public LabelImage Decode(byte[] mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        return DecodeInPlace([.. mask], mask.Length);
    }

    /// <summary>
    /// Takes an image in memory for a label mask: its colours, or, where it is grey throughout, its grey values. A palette's indices are
    /// not in an image any more; read the file for them.
    /// </summary>
    /// <param name="mask">The image, 32-bit BGRA or RGBA, opaque; it stays the caller's.</param>
    /// <returns>The class of each pixel; those that no class claims are ignored.</returns>
    /// <exception cref="InvalidDataException">
    /// It has colours where ids are in a single channel, or a pixel that is not opaque, whose colour may be another than the mask's.
    /// </exception>
    /// <exception cref="NotSupportedException">It has another pixel format than 32-bit BGRA or RGBA.</exception>
    public LabelImage Decode(MLImage mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        return Decode(ImageMask.Of(mask), "in memory");
    }

    /// <summary>Which classes predicted masks show in one colour; null where each has its own.</summary>
    internal string? DescribeSharedColors()
    {
        string[] shared = [.. ClassNames.Zip(ClassColors)
            .GroupBy(static pair => pair.Second, static pair => pair.First)
            .Where(static group => group.Count() > 1)
            .Select(static group => $"{string.Join(" and ", group.Select(static name => $"'{name}'"))} are {group.Key}")];
        return shared.Length == 0 ? null : $"Predicted masks show some classes in one colour: {string.Join("; ", shared)}";
    }

    /// <summary>Turns a mask's raw samples into class indices.</summary>
    /// <param name="mask">The raw samples.</param>
    /// <param name="name">What error messages call the mask.</param>
    /// <param name="classes">Receives class indices, row-major, <c>Height x Width</c>; 255 where ignored.</param>
    /// <exception cref="InvalidDataException">The mask's form does not fit: such as RGB where ids are in a single channel.</exception>
    internal void Decode(LabelPng mask, string name, Span<byte> classes) => _decoder.Decode(mask, name, classes);

    private LabelImage DecodeInPlace(byte[] buffer, int length)
    {
        using LabelPng mask = LabelPngReader.Decode(buffer, length, "in memory", rent: true);
        return Decode(mask, "in memory");
    }

    private LabelImage Decode(LabelPng mask, string name)
    {
        byte[] classes = new byte[mask.Width * mask.Height];
        Decode(mask, name, classes);
        return new LabelImage(classes, mask.Width, mask.Height);
    }

    /// <summary>Counts the raw values of the pixels of a mask that are ignored.</summary>
    /// <param name="mask">The raw samples.</param>
    /// <param name="name">What error messages call the mask.</param>
    /// <param name="classes">What <see cref="Decode(LabelPng, string, Span{byte})"/> makes of it.</param>
    /// <param name="values">The counts so far, by id or colour as users write them, to add to.</param>
    internal void CountIgnored(LabelPng mask, string name, ReadOnlySpan<byte> classes, Dictionary<string, long> values) =>
        _decoder.CountIgnored(mask, name, classes, values);

    /// <summary>What is wrong with a list of class names, or null.</summary>
    internal static string? FindFault(IReadOnlyList<string?> classNames)
    {
        if (classNames.Count is < 2 or > LabelColumn.MaxClasses)
        {
            return Invariant($"There must be 2 to {LabelColumn.MaxClasses} classes, not {classNames.Count}.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < classNames.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(classNames[i]))
            {
                return Invariant($"The name of class {i} is empty.");
            }

            if (!seen.Add(classNames[i]!))
            {
                return $"There are two classes named '{classNames[i]}'.";
            }
        }

        return null;
    }

    private static void CheckNames(IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        if (FindFault(classNames) is { } fault)
        {
            throw new ArgumentException(fault, nameof(classNames));
        }
    }

    private static void CheckClass(string value, int index, int count, string parameter)
    {
        if (index < 0 || index >= count)
        {
            throw new ArgumentException(Invariant($"{value} must have a class of 0 to {count - 1}, not {index}."), parameter);
        }
    }

    private static void CheckNotEmpty(int count, string parameter)
    {
        if (count == 0)
        {
            throw new ArgumentException("The map is empty: every pixel would be ignored.", parameter);
        }
    }

    private static RgbColor[] CompleteColors(IReadOnlyList<string> classNames, IReadOnlyList<RgbColor>? colors)
    {
        if (colors is not null && colors.Count != classNames.Count)
        {
            throw new ArgumentException(Invariant($"There are {classNames.Count} classes but {colors.Count} colours."), nameof(colors));
        }

        return ClassPalette.Complete(classNames, colors is null ? null : [.. colors.Select(color => (RgbColor?)color)]);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
