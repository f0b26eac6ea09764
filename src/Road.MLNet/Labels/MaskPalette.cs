using System.Globalization;

namespace Road.MLNet.Data;

/// <summary>What an indexed image of a mask holds: an index of each pixel, and a colour of each index.</summary>
internal static class MaskPalette
{
    /// <summary>The index of pixels that belong to no class.</summary>
    private const byte None = 255;

    /// <summary>Gives each pixel its class's id, and each id its class's colour.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="colors">The colour of each class.</param>
    /// <param name="ids">The id of each class; null for its index.</param>
    /// <returns>An index of each pixel, and R, G, B of each index up to the highest.</returns>
    /// <exception cref="ArgumentException">Colours or ids do not fit the mask, or each other.</exception>
    public static (byte[] Indices, byte[] Palette) Apply(LabelMask mask, IReadOnlyList<RgbColor> colors, IReadOnlyList<byte>? ids)
    {
        ArgumentNullException.ThrowIfNull(colors);
        ids ??= [.. Enumerable.Range(0, colors.Count).Select(static index => (byte)index)];
        if (ids.Count != colors.Count)
        {
            throw new ArgumentException($"There are {ids.Count} ids and {colors.Count} colours; each class has one of both.", nameof(ids));
        }

        if (ids.Contains(None) || ids.Distinct().Count() != ids.Count)
        {
            throw new ArgumentException("The ids must be 0 to 254, and each class's its own.", nameof(ids));
        }

        byte[] indices = new byte[mask.Keys.Length];
        bool hasNone = false;
        for (int i = 0; i < indices.Length; i++)
        {
            int key = mask.Keys[i];
            if (key > ids.Count)
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The label mask has key {key} in row {i / mask.Width}, column {i % mask.Width}, but there are only "
                        + $"{ids.Count} colours."),
                    nameof(mask));
            }

            hasNone |= key == 0;
            indices[i] = key == 0 ? None : ids[key - 1];
        }

        byte[] palette = new byte[3 * (1 + (hasNone || ids.Count == 0 ? None : ids.Max()))];
        for (int i = 0; i < ids.Count; i++)
        {
            (byte red, byte green, byte blue) = colors[i];
            new[] { red, green, blue }.CopyTo(palette, 3 * ids[i]);
        }

        return (indices, palette);
    }
}
