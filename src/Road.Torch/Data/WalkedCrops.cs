using System.Runtime.ExceptionServices;

namespace Road.Torch.Data;

/// <summary>Crops of all samples, pass by pass, mixed by a pool where the source cannot shuffle or an image gives several.</summary>
internal sealed class WalkedCrops : CropSequence
{
    private const int PooledImages = 8;

    private readonly BadSamplePolicy _badSamples;
    private readonly CropWorkers _workers;
    private readonly Random _poolRandom;
    private readonly List<Crop>? _pool;
    private readonly int _poolSize;
    private readonly Queue<Crop> _taken = new();
    private ExceptionDispatchInfo? _failure;
    private long _position;

    public WalkedCrops(
        ISampleSource source,
        CropAugmentation augmentation,
        string domain,
        int seed,
        CropStreamOptions options,
        CancellationToken cancellationToken)
        : base(domain)
    {
        _badSamples = options.BadSamples;
        _poolSize = Math.Max(CropStream.ShufflePool, PooledImages * options.CropsPerImage);
        _poolRandom = new Random(CropWorkers.Mix(seed, -1));
        _pool = source.IsShuffled && options.CropsPerImage == 1 ? null : new List<Crop>(_poolSize);
        _workers = new CropWorkers(source, augmentation, domain, seed, options, cancellationToken);
    }

    public override int Seed => _workers.Seed;

    public override IReadOnlyList<Thread> Threads => _workers.Threads;

    public override Crop Next()
    {
        if (_pool is null)
        {
            return Take();
        }

        while (_pool.Count < _poolSize)
        {
            _pool.Add(Take());
        }

        int index = _poolRandom.Next(_pool.Count);
        Crop crop = _pool[index];
        _pool[index] = Take();
        return crop;
    }

    /// <summary>
    /// Where each place is a crop, nothing is decoded; where a pool shuffles, or bad samples leave places empty, what comes depends on what
    /// was, so that all of it is decoded.
    /// </summary>
    public override void Skip(long count)
    {
        if (_pool is not null || _badSamples == BadSamplePolicy.Skip)
        {
            for (long i = 0; i < count; i++)
            {
                Next();
            }
        }
        else if (count > 0)
        {
            _position += count;
            IsPassEmpty = false;
            _workers.FirstWanted = _position;
        }
    }

    public override void Abandon() => _workers.Abandon();

    public override void Dispose() => _workers.Dispose();

    private Crop Take()
    {
        while (_taken.Count == 0)
        {
            // The worker that failed adds nothing more: waiting for it again would never end.
            _failure?.Throw();
            CropItem item = _workers.Take(_position);
            if (item.Place < _position)
            {
                // It was decoded before it was passed over.
                continue;
            }

            _position++;
            _failure = item.Error ?? Judge(item);
            _failure?.Throw();
            foreach (Crop crop in item.Crops)
            {
                HasLabelledPixels |= crop.HasLabelledPixels;
                _taken.Enqueue(crop);
            }
        }

        return _taken.Dequeue();
    }
}
