using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Road.Torch.Data;

namespace Road.MLNet.Data;

/// <summary>Turns raw mask samples into class indices by tables.</summary>
internal sealed class LabelDecoder
{
    private readonly LabelChannel channel;
    private readonly int? sampleBits;

    // The class of every 16-bit id; null where classes are told by colour.
    private readonly byte[]? ids;
    private readonly Dictionary<RgbColor, byte> colors = [];

    /// <summary>Builds the tables of an encoding that maps either ids or colours.</summary>
    public LabelDecoder(IReadOnlyDictionary<int, int>? idToClass, IReadOnlyDictionary<RgbColor, int>? colorToClass, LabelChannel channel, int? sampleBits)
    {
        this.channel = channel;
        this.sampleBits = sampleBits;
        if (idToClass is not null)
        {
            ids = new byte[ushort.MaxValue + 1];
            Array.Fill(ids, DecodedSample.IgnoredLabel);
            foreach ((int id, int index) in idToClass)
            {
                ids[id] = (byte)index;
            }
        }

        foreach ((RgbColor color, int index) in colorToClass ?? new Dictionary<RgbColor, int>())
        {
            colors[color] = (byte)index;
        }
    }

    /// <inheritdoc cref="LabelEncoding.Decode"/>
    public void Decode(LabelPng mask, string name, Span<byte> classes)
    {
        if (sampleBits is { } bits && (mask.Header.BitDepth == 16) != (bits == 16))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The label mask '{name}' has {mask.Header.BitDepth} bits a sample, but {(bits == 16 ? "16 are" : "8 at most are")} expected."));
        }

        if (ids is not null)
        {
            MapIds(mask, Offset(mask, name), ids, classes);
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

    private int Offset(LabelPng mask, string name)
    {
        bool isColor = mask.SamplesPerPixel > 2;
        if (channel == LabelChannel.Index)
        {
            return !isColor ? 0 : throw new InvalidDataException(
                $"The label mask '{name}' is in RGB, but ids are expected in a grey or palette mask: name the channel that holds them, or map colours to classes.");
        }

        if (mask.Palette is not null)
        {
            throw new InvalidDataException($"The label mask '{name}' is a palette image, but ids are expected in the {channel} channel of an RGB mask.");
        }

        return isColor ? channel - LabelChannel.Red : 0;
    }

    // A palette or grey mask has few values, so each one's colour is looked up once. 16-bit grey gets the table of all.
    private byte[] TabulateColors(LabelPng mask)
    {
        var table = new byte[mask.Words is null ? 256 : ushort.MaxValue + 1];
        Array.Fill(table, DecodedSample.IgnoredLabel);
        int maximum = (1 << mask.Header.BitDepth) - 1;
        int count = mask.Palette is { } palette ? palette.Length / 3 : maximum + 1;
        for (int i = 0; i < count; i++)
        {
            if (mask.Palette is not null)
            {
                table[i] = Find(new RgbColor(mask.Palette[3 * i], mask.Palette[(3 * i) + 1], mask.Palette[(3 * i) + 2]));
            }
            else if (255L * i % maximum == 0)
            {
                // A grey value is a colour of 8 bits where it has an exact counterpart there.
                byte grey = (byte)(255L * i / maximum);
                table[i] = Find(new RgbColor(grey, grey, grey));
            }
        }

        return table;
    }

    private void MapColors<T>(ReadOnlySpan<T> samples, int stride, Span<byte> classes)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Neighbours mostly have one colour, so most pixels cost a comparison.
        (T Red, T Green, T Blue) last = default;
        byte lastClass = Find(default);
        int scale = Unsafe.SizeOf<T>() == 1 ? 1 : 257;
        for (int i = 0; i < classes.Length; i++)
        {
            ReadOnlySpan<T> pixel = samples.Slice(i * stride, 3);
            if (pixel[0] != last.Red || pixel[1] != last.Green || pixel[2] != last.Blue)
            {
                last = (pixel[0], pixel[1], pixel[2]);
                (int red, int redRest) = Math.DivRem(int.CreateTruncating(pixel[0]), scale);
                (int green, int greenRest) = Math.DivRem(int.CreateTruncating(pixel[1]), scale);
                (int blue, int blueRest) = Math.DivRem(int.CreateTruncating(pixel[2]), scale);
                lastClass = (redRest | greenRest | blueRest) == 0
                    ? Find(new RgbColor((byte)red, (byte)green, (byte)blue))
                    : DecodedSample.IgnoredLabel;
            }

            classes[i] = lastClass;
        }
    }

    private byte Find(RgbColor color) => colors.TryGetValue(color, out byte index) ? index : DecodedSample.IgnoredLabel;

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
