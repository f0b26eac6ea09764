using System.Runtime.ExceptionServices;

namespace Road.Torch.Data;

/// <summary>
/// Crops of independent draws of a class and an image (<see cref="RareClassDraws"/>). The images of a block are decoded in the order that
/// the source gives them in, each once, and its crops come in the order of the draws.
/// </summary>
internal sealed class DrawnCrops(
    ISampleSource source,
    CropAugmentation augmentation,
    string domain,
    int seed,
    CropStreamOptions options,
    CancellationToken cancellationToken) : CropSequence(domain)
{
    private readonly BadSamplePolicy _badSamples = options.BadSamples;
    private readonly Queue<Crop> _ready = new();
    private readonly CropStreamOptions _options = options.Copy();
    private RareClassDraws? _draws;
    private CropWorkers? _workers;
    private ExceptionDispatchInfo? _failure;
    private long _block;

    public override int Seed => seed;

    public override IReadOnlyList<Thread> Threads => _workers?.Threads ?? [];

    public override Crop Next()
    {
        while (_ready.Count == 0)
        {
            LoadBlock();
        }

        return _ready.Dequeue();
    }

    /// <summary>Nothing is decoded but the block of the last crop, unless bad samples leave places empty.</summary>
    public override void Skip(long count)
    {
        if (_badSamples == BadSamplePolicy.Skip)
        {
            for (long i = 0; i < count; i++)
            {
                Next();
            }

            return;
        }

        for (; count > 0 && _ready.Count > 0; count--)
        {
            _ready.Dequeue();
        }

        if (count > 0)
        {
            _block += count / RareClassDraws.BlockSize;
            IsPassEmpty = false;
            Start().FirstWanted = _block * RareClassDraws.BlockSize;
            for (long i = 0; i < count % RareClassDraws.BlockSize; i++)
            {
                Next();
            }
        }
    }

    public override void Abandon() => _workers?.Abandon();

    public override void Dispose() => _workers?.Dispose();

    /// <summary>Counts the labels and starts the workers, when the first crop is asked for.</summary>
    private CropWorkers Start()
    {
        if (_workers is not null)
        {
            return _workers;
        }

        LabelCensus census = LabelCensus.Take(
            source, DecodedSample.IgnoredLabel + 1, _badSamples, _options.Workers, cancellationToken);
        foreach ((UInt128 id, string message) in census.Faults)
        {
            Skipped.Add(id, message);
        }

        _draws = new RareClassDraws(census, _options.RareClasses!, seed);
        if (_draws.Classes.Count == 0)
        {
            throw new InvalidOperationException(
                $"No pixel of the {Domain} labels belongs to a class, so that no class can be drawn: every value is ignored, or there is "
                + "no image that can be read. Check the label encoding against the masks' pixel values.");
        }

        HasLabelledPixels = true;
        return _workers = new CropWorkers(
            source, augmentation, Domain, seed, _options, cancellationToken, _draws, _block * RareClassDraws.BlockSize);
    }

    private void LoadBlock()
    {
        // The worker that failed adds nothing more: waiting for it again would never end.
        _failure?.Throw();
        CropWorkers workers = Start();
        int images = _draws!.Draw(_block).Select(static draw => draw.Image).Distinct().Count();
        Crop?[] crops = new Crop?[RareClassDraws.BlockSize];
        long first = _block * RareClassDraws.BlockSize;
        for (int i = 0; i < images;)
        {
            CropItem item = workers.Take(first + i);
            if (item.Place < first)
            {
                // It was decoded before it was passed over.
                continue;
            }

            i++;
            _failure = item.Error ?? Judge(item);
            _failure?.Throw();
            foreach ((int slot, Crop crop) in item.Slots.Zip(item.Crops))
            {
                crops[slot] = crop;
            }
        }

        _block++;
        foreach (Crop crop in crops.OfType<Crop>())
        {
            _ready.Enqueue(crop);
        }
    }
}
