using Road.Torch.Data;

namespace Road.Torch.Adaptation;

/// <summary>
/// The share of an image that each class covers where it occurs, over labelled images (Hoffman et al., 2016, section 3.3).
/// Values of classes that occur nowhere are NaN.
/// </summary>
/// <param name="Lower">alpha, the 10% quantile.</param>
/// <param name="Mean">delta, the mean.</param>
/// <param name="Upper">gamma, the 90% quantile.</param>
internal sealed record ClassSizes(double[] Lower, double[] Mean, double[] Upper)
{
    /// <summary>Gathers the statistics; quantiles are interpolated linearly. Null where no pixel is labelled.</summary>
    /// <param name="images">Class indices of one image each.</param>
    /// <param name="classCount">The number of classes.</param>
    public static ClassSizes? Of(IEnumerable<byte[]> images, int classCount)
    {
        List<double>[] shares = [.. Enumerable.Range(0, classCount).Select(static _ => new List<double>())];
        foreach (byte[] labels in images)
        {
            int[] counts = Count(labels, classCount);
            for (int k = 0; k < classCount; k++)
            {
                if (counts[k] > 0)
                {
                    shares[k].Add((double)counts[k] / labels.Length);
                }
            }
        }

        if (shares.All(static share => share.Count == 0))
        {
            return null;
        }

        foreach (List<double> share in shares)
        {
            share.Sort();
        }

        return new ClassSizes(
            [.. shares.Select(static share => Quantile(share, 0.1))],
            [.. shares.Select(static share => share.Count == 0 ? double.NaN : share.Average())],
            [.. shares.Select(static share => Quantile(share, 0.9))]);
    }

    /// <summary>The number of pixels of each class.</summary>
    public static int[] Count(ReadOnlySpan<byte> labels, int classCount)
    {
        int[] counts = new int[classCount];
        foreach (byte label in labels)
        {
            if (label != DecodedSample.IgnoredLabel)
            {
                counts[label]++;
            }
        }

        return counts;
    }

    private static double Quantile(List<double> sorted, double share)
    {
        if (sorted.Count == 0)
        {
            return double.NaN;
        }

        double place = share * (sorted.Count - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
