namespace Road.Torch.Data;

/// <summary>
/// Which crops a stream is made of where rare classes are drawn more often: blocks of independent draws, each of the stream's seed and its
/// own number, so that any of them can be told without those before it.
/// </summary>
internal sealed class RareClassDraws
{
    /// <summary>
    /// The crops of a block. For each block the rows are walked once, which costs little without decoding, and its images are decoded once.
    /// </summary>
    public const int BlockSize = 32;

    private readonly int _seed;
    private readonly byte[] _classes;
    private readonly double[] _probabilities;
    private readonly UInt128[][] _images;

    /// <summary>Works out what is drawn how often.</summary>
    /// <param name="census">The pixels of all 256 values that labels may have.</param>
    /// <param name="options">The settings, read now.</param>
    /// <param name="seed">The seed of all draws.</param>
    public RareClassDraws(LabelCensus census, RareClassOptions options, int seed)
    {
        _seed = seed;
        ImageCount = census.Images.Count;
        _classes = [.. Enumerable.Range(0, DecodedSample.IgnoredLabel).Where(value => census.Pixels[value] > 0).Select(
            static value => (byte)value)];
        double labelled = _classes.Sum(value => (double)census.Pixels[value]);
        _probabilities = Softmax([.. _classes.Select(value => (1 - (census.Pixels[value] / labelled)) / options.Temperature)]);

        // The order of the census hangs on its workers.
        (UInt128 Id, long[] Pixels, long Area)[] images =
            [.. census.Images.OrderBy(static image => image.Key).Select(static image => (image.Key, image.Value, image.Value.Sum()))];
        _images = [.. _classes.Select(value => ImagesOf(value, images, options.LeastImageShare))];
    }

    /// <summary>The images that there are.</summary>
    public int ImageCount { get; }

    /// <summary>The classes that occur.</summary>
    public IReadOnlyList<byte> Classes => _classes;

    /// <summary>How likely each of <see cref="Classes"/> is.</summary>
    public IReadOnlyList<double> Probabilities => _probabilities;

    /// <summary>How often as many crops as there are images had been drawn before a block.</summary>
    public long PassOf(long block) => block * BlockSize / Math.Max(ImageCount, 1);

    /// <summary>The draws of a block, in the order of the stream.</summary>
    /// <param name="block">Its number, from 0.</param>
    public RareClassDraw[] Draw(long block)
    {
        Random random = new(CropWorkers.Mix(_seed ^ 0x2A2E, block));
        RareClassDraw[] draws = new RareClassDraw[BlockSize];
        for (int slot = 0; slot < draws.Length; slot++)
        {
            int drawn = WeightedDraw.Next(_probabilities, random);
            UInt128[] images = _images[drawn];
            draws[slot] = new RareClassDraw(slot, _classes[drawn], images[random.Next(images.Length)]);
        }

        return draws;
    }

    private static UInt128[] ImagesOf(byte value, (UInt128 Id, long[] Pixels, long Area)[] images, double leastShare)
    {
        (UInt128 Id, long[] Pixels, long Area)[] any = [.. images.Where(image => image.Pixels[value] > 0)];
        (UInt128 Id, long[] Pixels, long Area)[] enough = [.. any.Where(image => image.Pixels[value] >= leastShare * image.Area)];
        return [.. (enough.Length > 0 ? enough : any).Select(static image => image.Id)];
    }

    private static double[] Softmax(double[] values)
    {
        double largest = values.DefaultIfEmpty().Max();
        double[] powers = [.. values.Select(value => Math.Exp(value - largest))];
        double sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }
}
