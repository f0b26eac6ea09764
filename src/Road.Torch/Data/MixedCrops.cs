namespace Road.Torch.Data;

/// <summary>Crops of several streams: for each place one of them is drawn by its weight, and gives its next crop.</summary>
internal sealed class MixedCrops : CropSequence
{
    private readonly CropStream[] _streams;
    private readonly double[] _weights;
    private readonly long[] _passes;
    private readonly bool[] _wasSkipped;
    private readonly Random _random;
    private readonly int _seed;

    public MixedCrops(IReadOnlyList<WeightedCropStream> streams, string domain, int seed)
        : base(domain)
    {
        _streams = [.. streams.Select(static weighted => weighted.Stream)];
        double sum = streams.Sum(static weighted => weighted.Weight);
        _weights = [.. streams.Select(weighted => weighted.Weight / sum)];
        _passes = new long[_streams.Length];
        _wasSkipped = new bool[_streams.Length];
        _random = new Random(CropWorkers.Mix(seed, -1));
        _seed = seed;
    }

    /// <summary>That of the draws; those of the streams are told of with it.</summary>
    public override int Seed => _streams.Aggregate(_seed, static (seed, stream) => CropWorkers.Mix(seed, stream.Seed));

    public override IReadOnlyList<Thread> Threads => [.. _streams.SelectMany(static stream => stream.Workers)];

    public override SkippedSamples Skipped => SkippedSamples.Join(_streams.Select(static stream => stream.Skipped));

    public override bool HasLabelledPixels => _streams.Any(static stream => stream.HasLabelledPixels);

    public override Crop Next()
    {
        int drawn = Draw();
        Crop crop = _streams[drawn].Next();
        _passes[drawn] = crop.Pass;
        if (crop.Labels is not null && crop.Pass > 0 && !_wasSkipped[drawn] && !_streams[drawn].HasLabelledPixels)
        {
            throw new InvalidOperationException(
                $"No pixel of the labels of {Domain} {drawn + 1} of {_streams.Length} belongs to a class: every value is ignored. Check "
                + "the label encoding against the masks' pixel values.");
        }

        // The domain has been walked through when all of its parts have.
        return crop with { Pass = _passes.Min() };
    }

    public override void Skip(long count)
    {
        long[] counts = new long[_streams.Length];
        for (long i = 0; i < count; i++)
        {
            counts[Draw()]++;
        }

        for (int i = 0; i < counts.Length; i++)
        {
            _streams[i].Skip(counts[i]);
            _wasSkipped[i] |= counts[i] > 0;
        }
    }

    /// <summary>The streams end their own.</summary>
    public override void Abandon()
    {
    }

    public override void Dispose()
    {
        foreach (CropStream stream in _streams)
        {
            stream.Dispose();
        }
    }

    private int Draw() => WeightedDraw.Next(_weights, _random);
}
