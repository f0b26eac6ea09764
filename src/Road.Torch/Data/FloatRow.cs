using System.Numerics;

namespace Road.Torch.Data;

/// <summary>Sums of weighted rows, several values at a time; each is rounded as it would be by itself.</summary>
internal static class FloatRow
{
    /// <summary>Adds a row times a weight to sums of the same length.</summary>
    public static void AddScaled(Span<float> sums, ReadOnlySpan<float> row, float weight)
    {
        int j = 0;
        for (; j <= sums.Length - Vector<float>.Count; j += Vector<float>.Count)
        {
            (new Vector<float>(sums[j..]) + (new Vector<float>(row[j..]) * weight)).CopyTo(sums[j..]);
        }

        for (; j < sums.Length; j++)
        {
            sums[j] += row[j] * weight;
        }
    }

    /// <summary>Rounds sums to bytes, 0 to 255.</summary>
    public static void Round(ReadOnlySpan<float> sums, Span<byte> output)
    {
        for (int j = 0; j < output.Length; j++)
        {
            output[j] = (byte)Math.Clamp(sums[j] + 0.5f, 0, 255);
        }
    }
}
