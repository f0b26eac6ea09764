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
/// one drive after the other, a source that can shuffle mixes far better. Where rare classes are drawn more often
/// (<see cref="CropStreamOptions.RareClasses"/>), crops are independent draws from any source. The workers do not know the stream: where it
/// is collected without having been disposed, they end.
/// </remarks>
public sealed class CropStream : IDisposable
{
    /// <summary>The crops that are mixed where the source cannot shuffle.</summary>
    internal const int ShufflePool = 64;

    /// <summary>The largest weight of a stream among others.</summary>
    internal const double MaxWeight = 1_000_000;

    private readonly CropSequence _crops;
    private bool _disposed;

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
    /// <param name="options">Workers, crops of an image, what happens to bad samples, and whether rare classes are drawn; read now.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="ArgumentException">Rare classes are drawn, and an image is to give several crops.</exception>
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
        if (options.Contradiction is { } contradiction)
        {
            throw new ArgumentException(contradiction, nameof(options));
        }

        Samples = source;
        _crops = options.RareClasses is null
            ? new WalkedCrops(source, augmentation, domain, seed, options, cancellationToken)
            : new DrawnCrops(source, augmentation, domain, seed, options, cancellationToken);
    }

    private CropStream(CropSequence crops, ISampleSource samples) => (_crops, Samples) = (crops, samples);

    /// <summary>
    /// Mixes streams, of images of any sizes, into one: each of its crops is the next one of a stream that is drawn by its weight. The
    /// draws are independent, of the seed alone, and the same after a break; within a stream all stays as it is.
    /// </summary>
    /// <param name="streams">The streams, at least one, which give crops of one size; they belong to the new stream.</param>
    /// <param name="domain">The domain's name in messages, such as <c>source</c>.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <returns>The stream.</returns>
    /// <exception cref="ArgumentException">There is no stream, or a stream twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is not more than 0 and at most 1,000,000.</exception>
    public static CropStream Mix(IReadOnlyList<WeightedCropStream> streams, string domain, int seed)
    {
        ArgumentNullException.ThrowIfNull(streams);
        ArgumentNullException.ThrowIfNull(domain);
        if (streams.Count == 0 || streams.Select(static weighted => weighted.Stream).Distinct().Count() < streams.Count)
        {
            throw new ArgumentException("Mixing takes at least one stream, and each stream once.", nameof(streams));
        }

        foreach (WeightedCropStream stream in streams)
        {
            OptionGuard.PositiveUpTo(stream.Weight, MaxWeight, nameof(stream.Weight));
        }

        return new CropStream(
            new MixedCrops(streams, domain, seed), new JoinedSamples([.. streams.Select(static weighted => weighted.Stream.Samples)]));
    }

    /// <summary>Ends the workers of a stream that nobody has any more.</summary>
    ~CropStream() => _crops?.Abandon();

    /// <summary>What was left out so far, in the order of the stream; with <see cref="BadSamplePolicy.Stop"/>, nothing.</summary>
    public SkippedSamples Skipped => _crops.Skipped;

    /// <summary>The samples that crops are cut from.</summary>
    internal ISampleSource Samples { get; }

    /// <summary>The seed of the order and of the crops.</summary>
    internal int Seed => _crops.Seed;

    /// <summary>The workers' threads.</summary>
    internal IReadOnlyList<Thread> Workers => _crops.Threads;

    /// <summary>Whether any sample before the last crop's place in the stream had a label that counts.</summary>
    internal bool HasLabelledPixels => _crops.HasLabelledPixels;

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
        Crop crop = _crops.Next();

        // Or a stream whose last crop is waited for would be abandoned.
        GC.KeepAlive(this);
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
        _crops.Skip(count);
        GC.KeepAlive(this);
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
        _crops.Dispose();
    }
}
