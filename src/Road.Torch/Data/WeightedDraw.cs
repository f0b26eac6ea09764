namespace Road.Torch.Data;

/// <summary>A draw among things that are not as likely as each other.</summary>
internal static class WeightedDraw
{
    /// <summary>Draws one of them.</summary>
    /// <param name="probabilities">How likely each is, at least one, 1 in all.</param>
    /// <param name="random">The source of randomness, which one number is drawn from.</param>
    /// <returns>Its index.</returns>
    public static int Next(ReadOnlySpan<double> probabilities, Random random)
    {
        double place = random.NextDouble();
        int last = probabilities.Length - 1;
        for (int i = 0; i < last; i++)
        {
            place -= probabilities[i];
            if (place < 0)
            {
                return i;
            }
        }

        return last;
    }
}
