namespace Road.Torch.Adaptation;

/// <summary>The choice of what is pasted from source crops onto target crops (ClassMix; Olsson et al., WACV 2021).</summary>
internal static class ClassMix
{
    /// <summary>
    /// Draws half of the values that the labels of the batch have, rounded up, for every target crop, the ignored one like a class.
    /// </summary>
    /// <param name="labels">Class indices of the source crops, <c>M x size x size</c>.</param>
    /// <param name="size">The crops' side in pixels.</param>
    /// <param name="count">The number of target crops, N.</param>
    /// <param name="random">The source of randomness.</param>
    /// <returns>
    /// 1 where the source's pixel takes the target's place, <c>N x size x size</c>, and which source crop each target crop gets: its own
    /// number, from the first again where there are fewer.
    /// </returns>
    public static (byte[] Pasted, int[] Sources) Draw(byte[] labels, int size, int count, Random random)
    {
        int area = size * size;
        bool[] occurs = new bool[256];
        foreach (byte label in labels)
        {
            occurs[label] = true;
        }

        byte[] values = [.. Enumerable.Range(0, occurs.Length).Where(value => occurs[value]).Select(static value => (byte)value)];
        byte[] pasted = new byte[count * area];
        int[] sources = [.. Enumerable.Range(0, count).Select(n => n % (labels.Length / area))];
        for (int n = 0; n < count; n++)
        {
            byte[] isChosen = new byte[256];
            byte[] rest = [.. values];
            for (int i = 0; i < (rest.Length + 1) / 2; i++)
            {
                int drawn = random.Next(i, rest.Length);
                isChosen[rest[drawn]] = 1;
                rest[drawn] = rest[i];
            }

            ReadOnlySpan<byte> own = labels.AsSpan(sources[n] * area, area);
            for (int i = 0; i < area; i++)
            {
                pasted[(n * area) + i] = isChosen[own[i]];
            }
        }

        return (pasted, sources);
    }
}
