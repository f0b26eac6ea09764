using System.Runtime.ExceptionServices;

namespace Road.Torch.Data;

/// <summary>
/// An endless stream of random crops of a domain, decoded ahead by background workers. Each worker walks every pass
/// with a cursor of its own and decodes every n-th sample, so memory holds a few crops and no image for long, and
/// the stream is the same whatever the number of workers.
/// </summary>
/// <remarks>
/// A source that cannot shuffle is shuffled by a pool of 64 crops: each crop drawn makes room for the next one of the
/// source. So a crop comes at most 64 places before its row's turn, only one in a hundred comes more than 231 after it, and
/// neighbours in a file stay near each other in training. Where the order of the rows tells something, such as frames of
/// one drive after the other, a source that can shuffle mixes far better. The workers do not know the stream: where it is collected
/// without having been disposed, they end.
/// </remarks>
public sealed class CropStream : IDisposable
{
    /// <summary>The crops that are mixed where the source cannot shuffle.</summary>
    internal const int ShufflePool = 64;

    private const int PooledImages = 8;

    private readonly string _domain;
    private readonly BadSamplePolicy _badSamples;
    private readonly CropWorkers _workers;
    private readonly Random _poolRandom;
    private readonly List<Crop>? _pool;
    private readonly int _poolSize;
    private readonly Queue<Crop> _taken = new();
    private ExceptionDispatchInfo? _failure;
    private bool _disposed;
    private long _position;
    private long _pass;
    private bool _isPassEmpty = true;

    /// <summary>Opens the stream of one crop a sample and starts its workers.</summary>
    /// <param name="source">The domain's samples.</param>
    /// <param name="augmentation">How crops are cut.</param>
    /// <param name="domain">The domain's name in messages, such as <c>source</c>.</param>
    /// <param name="seed">The seed of the order and of the crops.</param>
    /// <param name="workers">The number of decoding workers, 1 to 64.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is outside its range.</exception>
    public CropStream(
        ISampleSource source,
        RandomCrop augmentation,
        string domain,
        int seed,
        int workers,
        CancellationToken cancellationToken = default)
        : this(
            source,
            new CropAugmentation(augmentation),
            domain,
            seed,
            new CropStreamOptions { Workers = OptionGuard.Between(workers, 1, 64, nameof(workers)) },
            cancellationToken)
    {
    }

    /// <summary>Opens the stream and starts its workers.</summary>
    /// <param name="source">The domain's samples.</param>
    /// <param name="augmentation">How crops are cut and changed.</param>
    /// <param name="domain">The domain's name in messages, such as <c>source</c>.</param>
    /// <param name="seed">The seed of the order and of the crops.</param>
    /// <param name="options">Workers, crops of an image, and what happens to bad samples; read now.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public CropStream(
        ISampleSource source,
        CropAugmentation augmentation,
        string domain,
        int seed,
        CropStreamOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(augmentation);
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(options);
        Samples = source;
        _domain = domain;
        _badSamples = options.BadSamples;
        _poolSize = Math.Max(ShufflePool, PooledImages * options.CropsPerImage);
        _poolRandom = new Random(CropWorkers.Mix(seed, -1));
        _pool = source.IsShuffled && options.CropsPerImage == 1 ? null : new List<Crop>(_poolSize);
        _workers = new CropWorkers(source, augmentation, domain, seed, options, cancellationToken);
    }

    /// <summary>Ends the workers of a stream that nobody has any more.</summary>
    ~CropStream() => _workers?.Abandon();

    /// <summary>What was left out so far, in the order of the stream; with <see cref="BadSamplePolicy.Stop"/>, nothing.</summary>
    public SkippedSamples Skipped { get; } = new();

    /// <summary>The samples that crops are cut from.</summary>
    internal ISampleSource Samples { get; }

    /// <summary>The seed of the order and of the crops.</summary>
    internal int Seed => _workers.Seed;

    /// <summary>The workers' threads.</summary>
    internal IReadOnlyList<Thread> Workers => _workers.Threads;

    /// <summary>Whether any sample before the last crop's place in the stream had a label that counts.</summary>
    internal bool HasLabelledPixels { get; private set; }

    /// <summary>Takes the next crop, waiting for it where none is ready.</summary>
    /// <returns>The crop.</returns>
    /// <exception cref="InvalidOperationException">The domain has no samples.</exception>
    /// <exception cref="InvalidDataException">Bad samples are skipped, and a whole pass held no other.</exception>
    /// <exception cref="OperationCanceledException">The stream was cancelled, or disposed during the wait.</exception>
    /// <exception cref="ObjectDisposedException">The stream was disposed before.</exception>
    /// <remarks>An exception that a sample's decoding threw is rethrown at that sample's place, and ends the stream.</remarks>
    public Crop Next()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
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
    /// Passes over the next crops, so that <see cref="Next"/> gives the one after them. Where each place of the stream is a crop, nothing
    /// is decoded; where a pool shuffles, or bad samples leave places empty, what comes depends on what was, so that all of it is decoded.
    /// What is passed over without decoding is no part of <see cref="HasLabelledPixels"/>.
    /// </summary>
    internal void Skip(long count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
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
            _isPassEmpty = false;
            _workers.FirstWanted = _position;
        }
    }

    /// <summary>Stops the workers and waits for them.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        GC.SuppressFinalize(this);
        _workers.Dispose();
    }

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

    /// <summary>Keeps account of what is skipped; the failure, if nothing was left of a pass.</summary>
    private ExceptionDispatchInfo? Judge(CropItem item)
    {
        if (item.Pass > _pass)
        {
            if (_isPassEmpty)
            {
                return ExceptionDispatchInfo.Capture(new InvalidDataException($"No sample of the {_domain} data can be read. {Skipped}"));
            }

            _pass = item.Pass;
            _isPassEmpty = true;
        }

        if (item.Fault is { } fault)
        {
            Skipped.Add(item.Id, fault);
        }
        else
        {
            _isPassEmpty = false;
        }

        return null;
    }
}
