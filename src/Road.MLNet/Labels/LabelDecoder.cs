using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Road.Torch.Data;

namespace Road.MLNet.Data;

/// <summary>Turns raw mask samples into class indices by tables.</summary>
internal sealed class LabelDecoder
{
    // A mask of noise has as many values as pixels; none of them is worth being shown.
    private const int MaximumValues = 4096;

    private readonly LabelChannel _channel;
    private readonly int? _sampleBits;

    // The class of values that no class claims.
    private readonly byte _others;

    // The class of every 16-bit id; null where classes are told by colour.
    private readonly byte[]? _ids;
    private readonly Dictionary<RgbColor, byte> _colors = [];

    /// <summary>Builds the tables of an encoding that maps either ids or colours.</summary>
    public LabelDecoder(
        IReadOnlyDictionary<int, int>? idToClass, IReadOnlyDictionary<RgbColor, int>? colorToClass, LabelChannel channel, int? sampleBits,
        int? othersClass)
    {
        _others = (byte)(othersClass ?? DecodedSample.IgnoredLabel);
        _channel = channel;
        _sampleBits = sampleBits;
        if (idToClass is not null)
        {
            _ids = new byte[ushort.MaxValue + 1];
            Array.Fill(_ids, _others);
            foreach ((int id, int index) in idToClass)
            {
                _ids[id] = (byte)index;
            }
        }

        foreach ((RgbColor color, int index) in colorToClass ?? new Dictionary<RgbColor, int>())
        {
            _colors[color] = (byte)index;
        }
    }

    /// <inheritdoc cref="LabelEncoding.Decode(LabelPng, string, Span{byte})"/>
    public void Decode(LabelPng mask, string name, Span<byte> classes)
    {
        if (_sampleBits is { } bits && (mask.Header.BitDepth == 16) != (bits == 16))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The label mask '{name}' has {mask.Header.BitDepth} bits a sample, but {(bits == 16 ? "16 are" : "8 at most are")} "
                + $"expected."));
        }

        if (_ids is not null)
        {
            MapIds(mask, Offset(mask, name), _ids, classes);
        }
        else if (mask.SamplesPerPixel <= 2)
        {
            MapIds(mask, 0, TabulateColors(mask), classes);
        }
        else if (mask.Bytes is not null)
        {
            MapColors(mask.Bytes, mask.SamplesPerPixel, classes);
        }
        else
        {
            MapColors(mask.Words!, mask.SamplesPerPixel, classes);
        }
    }

    /// <inheritdoc cref="LabelEncoding.CountIgnored"/>
    public void CountIgnored(LabelPng mask, string name, ReadOnlySpan<byte> classes, Dictionary<string, long> values)
    {
        bool isColor = _ids is null && mask.SamplesPerPixel > 2;
        int offset = _ids is null ? 0 : Offset(mask, name);
        Dictionary<ulong, long> counts = [];
        ulong last = 0;
        long run = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            if (classes[i] != DecodedSample.IgnoredLabel)
            {
                continue;
            }

            int at = (i * mask.SamplesPerPixel) + offset;
            ulong raw = isColor ? (Sample(mask, at) << 32) | (Sample(mask, at + 1) << 16) | Sample(mask, at + 2) : Sample(mask, at);
            if (raw != last)
            {
                Count(counts, last, run);
                (last, run) = (raw, 0);
            }

            run++;
        }

        Count(counts, last, run);
        foreach ((ulong raw, long count) in counts)
        {
            string value = Describe(mask, raw, isColor);
            values[value] = values.GetValueOrDefault(value) + count;
        }
    }

    private static void Count(Dictionary<ulong, long> counts, ulong raw, long run)
    {
        if (run > 0 && (counts.Count < MaximumValues || counts.ContainsKey(raw)))
        {
            counts[raw] = counts.GetValueOrDefault(raw) + run;
        }
    }

    private static ulong Sample(LabelPng mask, int index) => mask.Bytes is not null ? mask.Bytes[index] : mask.Words![index];

    private string Describe(LabelPng mask, ulong raw, bool isColor)
    {
        if (_ids is not null)
        {
            return raw.ToString(CultureInfo.InvariantCulture);
        }

        if (!isColor)
        {
            string kind = mask.Palette is null ? "grey" : "palette index";
            return ColorOf(mask, (int)raw)?.ToString()
                ?? string.Create(CultureInfo.InvariantCulture, $"{kind} {raw} of {mask.Header.BitDepth} bits");
        }

        (int red, int green, int blue) = ((int)(raw >> 32), (int)((raw >> 16) & 0xFFFF), (int)(raw & 0xFFFF));
        return (mask.Words is null ? new RgbColor((byte)red, (byte)green, (byte)blue) : Narrow(red, green, blue))?.ToString()
            ?? string.Create(CultureInfo.InvariantCulture, $"({red}, {green}, {blue}) of 16 bits");
    }

    /// <summary>The colour of 8 bits that one of 16 bits is the exact counterpart of; null where there is none.</summary>
    private static RgbColor? Narrow(int red, int green, int blue) => (red % 257 | green % 257 | blue % 257) == 0
        ? new RgbColor((byte)(red / 257), (byte)(green / 257), (byte)(blue / 257))
        : null;

    /// <summary>The colour that a palette index or a grey value stands for; null where there is none of 8 bits.</summary>
    private static RgbColor? ColorOf(LabelPng mask, int value)
    {
        if (mask.Palette is { } palette)
        {
            return (3 * value) + 2 < palette.Length
                ? new RgbColor(palette[3 * value], palette[(3 * value) + 1], palette[(3 * value) + 2])
                : null;
        }

        // A grey value is a colour of 8 bits where it has an exact counterpart there.
        int maximum = (1 << mask.Header.BitDepth) - 1;
        byte grey = (byte)(255L * value / maximum);
        return 255L * value % maximum == 0 ? new RgbColor(grey, grey, grey) : null;
    }

    private int Offset(LabelPng mask, string name)
    {
        bool isColor = mask.SamplesPerPixel > 2;
        if (_channel == LabelChannel.Index)
        {
            return !isColor ? 0 : throw new InvalidDataException(
                $"The label mask '{name}' is in RGB, but ids are expected in a grey or palette mask: name the channel that holds them, "
                + "or map colours to classes.");
        }

        if (mask.Palette is not null)
        {
            throw new InvalidDataException(
                $"The label mask '{name}' is a palette image, but ids are expected in the {_channel} channel of an RGB mask.");
        }

        return isColor ? _channel - LabelChannel.Red : 0;
    }

    // A palette or grey mask has few values, so each one's colour is looked up once. 16-bit grey gets the table of all.
    private byte[] TabulateColors(LabelPng mask)
    {
        var table = new byte[mask.Words is null ? 256 : ushort.MaxValue + 1];
        Array.Fill(table, DecodedSample.IgnoredLabel);
        int count = mask.Palette is { } palette ? palette.Length / 3 : 1 << mask.Header.BitDepth;
        for (int i = 0; i < count; i++)
        {
            table[i] = ColorOf(mask, i) is { } color ? Find(color) : _others;
        }

        return table;
    }

    private void MapColors<T>(ReadOnlySpan<T> samples, int stride, Span<byte> classes)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Neighbours mostly have one colour, so most pixels cost a comparison.
        (T Red, T Green, T Blue) last = default;
        byte lastClass = Find(default);
        bool isNarrow = Unsafe.SizeOf<T>() == 1;
        for (int i = 0; i < classes.Length; i++)
        {
            ReadOnlySpan<T> pixel = samples.Slice(i * stride, 3);
            if (pixel[0] != last.Red || pixel[1] != last.Green || pixel[2] != last.Blue)
            {
                last = (pixel[0], pixel[1], pixel[2]);
                (int red, int green, int blue) =
                    (int.CreateTruncating(last.Red), int.CreateTruncating(last.Green), int.CreateTruncating(last.Blue));
                RgbColor? color = isNarrow ? new RgbColor((byte)red, (byte)green, (byte)blue) : Narrow(red, green, blue);
                lastClass = color is { } found ? Find(found) : _others;
            }

            classes[i] = lastClass;
        }
    }

    private byte Find(RgbColor color) => _colors.TryGetValue(color, out byte index) ? index : _others;

    private static void MapIds(LabelPng mask, int offset, byte[] table, Span<byte> classes)
    {
        int stride = mask.SamplesPerPixel;
        int count = classes.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(count, mask.Width * mask.Height);
        ref byte output = ref MemoryMarshal.GetReference(classes);
        ref byte entries = ref MemoryMarshal.GetArrayDataReference(table);

        // Tables hold an entry for every value of a sample, and offset + stride x (count - 1) lies within the samples.
        if (mask.Bytes is not null)
        {
            ref byte sample = ref mask.Bytes[offset];
            for (int i = 0; i < count; i++)
            {
                Unsafe.Add(ref output, i) = Unsafe.Add(ref entries, Unsafe.Add(ref sample, i * stride));
            }
        }
        else
        {
            ref ushort sample = ref mask.Words![offset];
            for (int i = 0; i < count; i++)
            {
                Unsafe.Add(ref output, i) = Unsafe.Add(ref entries, Unsafe.Add(ref sample, i * stride));
            }
        }
    }
}
