using System.Collections.Concurrent;
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
/// one drive after the other, a source that can shuffle mixes far better.
/// </remarks>
public sealed class CropStream : IDisposable
{
    private const int QueuedPerWorker = 8;
    private const int ShufflePool = 64;
    private const int PooledImages = 8;

    private readonly ISampleSource source;
    private readonly CropAugmentation augmentation;
    private readonly string domain;
    private readonly int seed;
    private readonly int cropsPerImage;
    private readonly BadSamplePolicy badSamples;
    private readonly CancellationTokenSource stop;
    private readonly BlockingCollection<Item>[] queues;
    private readonly Thread[] workers;
    private readonly Random poolRandom;
    private readonly List<Crop>? pool;
    private readonly int poolSize;
    private readonly Queue<Crop> taken = new();
    private ExceptionDispatchInfo? failure;
    private bool disposed;
    private long position;
    private long pass;
    private bool isPassEmpty = true;

    // Places before it are left out by the workers, undecoded.
    private long firstWanted;

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
        this.source = source;
        this.augmentation = augmentation;
        this.domain = domain;
        this.seed = seed;
        cropsPerImage = options.CropsPerImage;
        badSamples = options.BadSamples;
        poolSize = Math.Max(ShufflePool, PooledImages * cropsPerImage);
        int workers = options.Workers;

        // Crops of an image come in one piece, so fewer pieces of more crops wait.
        int queued = Math.Max(2, QueuedPerWorker / cropsPerImage);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        poolRandom = new Random(Mix(seed, -1));
        pool = source.IsShuffled && cropsPerImage == 1 ? null : new List<Crop>(poolSize);
        queues = [.. Enumerable.Range(0, workers).Select(_ => new BlockingCollection<Item>(queued))];
        this.workers = [.. Enumerable.Range(0, workers).Select(index => new Thread(() => Work(index))
        {
            IsBackground = true,
            Name = $"Road {domain} loader {index}",
        })];
        foreach (Thread worker in this.workers)
        {
            worker.Start();
        }
    }

    /// <summary>What was left out so far, in the order of the stream; with <see cref="BadSamplePolicy.Stop"/>, nothing.</summary>
    public SkippedSamples Skipped { get; } = new();

    /// <summary>The seed of the order and of the crops.</summary>
    internal int Seed => seed;

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
        ObjectDisposedException.ThrowIf(disposed, this);
        if (pool is null)
        {
            return Take();
        }

        while (pool.Count < poolSize)
        {
            pool.Add(Take());
        }

        int index = poolRandom.Next(pool.Count);
        Crop crop = pool[index];
        pool[index] = Take();
        return crop;
    }

    /// <summary>
    /// Passes over the next crops, so that <see cref="Next"/> gives the one after them. Where each place of the stream is a crop, nothing
    /// is decoded; where a pool shuffles, or bad samples leave places empty, what comes depends on what was, so that all of it is decoded.
    /// What is passed over without decoding is no part of <see cref="HasLabelledPixels"/>.
    /// </summary>
    internal void Skip(long count)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (pool is not null || badSamples == BadSamplePolicy.Skip)
        {
            for (long i = 0; i < count; i++)
            {
                Next();
            }
        }
        else if (count > 0)
        {
            position += count;
            isPassEmpty = false;
            Volatile.Write(ref firstWanted, position);
        }
    }

    /// <summary>Stops the workers and waits for them.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        stop.Cancel();
        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        foreach (BlockingCollection<Item> queue in queues)
        {
            queue.Dispose();
        }

        stop.Dispose();
    }

    private Crop Take()
    {
        while (taken.Count == 0)
        {
            // The worker that failed adds nothing more: waiting for it again would never end.
            failure?.Throw();
            Item item = queues[position % queues.Length].Take(stop.Token);
            if (item.Place < position)
            {
                // It was decoded before it was passed over.
                continue;
            }

            position++;
            failure = item.Error ?? Judge(item);
            failure?.Throw();
            foreach (Crop crop in item.Crops)
            {
                HasLabelledPixels |= crop.HasLabelledPixels;
                taken.Enqueue(crop);
            }
        }

        return taken.Dequeue();
    }

    /// <summary>Keeps account of what is skipped; the failure, if nothing was left of a pass.</summary>
    private ExceptionDispatchInfo? Judge(Item item)
    {
        if (item.Pass > pass)
        {
            if (isPassEmpty)
            {
                return ExceptionDispatchInfo.Capture(new InvalidDataException($"No sample of the {domain} data can be read. {Skipped}"));
            }

            pass = item.Pass;
            isPassEmpty = true;
        }

        if (item.Fault is { } fault)
        {
            Skipped.Add(item.Id, fault);
        }
        else
        {
            isPassEmpty = false;
        }

        return null;
    }

    private void Work(int index)
    {
        BlockingCollection<Item> queue = queues[index];
        try
        {
            try
            {
                Walk(index, queue);
            }
            catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                queue.Add(new Item([]) { Error = ExceptionDispatchInfo.Capture(error) }, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody waits for this worker any more.
        }
    }

    private void Walk(int index, BlockingCollection<Item> queue)
    {
        long sequence = 0;
        for (long pass = 0; ; pass++)
        {
            long first = sequence;
            using ISampleCursor cursor = source.Open(Mix(seed, pass));
            while (cursor.MoveNext())
            {
                stop.Token.ThrowIfCancellationRequested();
                if (sequence % queues.Length == index && sequence >= Volatile.Read(ref firstWanted))
                {
                    queue.Add(Cut(cursor, sequence, pass), stop.Token);
                }

                sequence++;
            }

            if (sequence == first)
            {
                throw new InvalidOperationException($"The {domain} data has no rows.");
            }
        }
    }

    private Item Cut(ISampleCursor cursor, long sequence, long pass)
    {
        DecodedSample sample;
        try
        {
            sample = cursor.Decode();
        }
        catch (Exception error) when (
            badSamples == BadSamplePolicy.Skip && error is (InvalidDataException or IOException or UnauthorizedAccessException))
        {
            return new Item([]) { Place = sequence, Pass = pass, Id = cursor.Id, Fault = error.Message };
        }

        // A crop's randomness hangs on its place in the stream, not on the worker that cuts it.
        Random random = new(Mix(~seed, sequence));
        Crop[] crops = new Crop[cropsPerImage];
        for (int i = 0; i < crops.Length; i++)
        {
            crops[i] = augmentation.Apply(sample, random, pass);
        }

        return new Item(crops) { Place = sequence, Pass = pass };
    }

    /// <summary>Derives an independent seed (the finaliser of SplitMix64; Steele et al., 2014).</summary>
    private static int Mix(int seed, long index)
    {
        ulong z = (ulong)seed + (0x9E3779B97F4A7C15UL * (ulong)(index + 2));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (int)((z ^ (z >> 31)) & int.MaxValue);
    }

    /// <summary>What became of a sample: its crops, the fault it is skipped for, or the error that ends the stream.</summary>
    private sealed record Item(Crop[] Crops)
    {
        /// <summary>The sample's place in the stream; an error comes whatever its place.</summary>
        public long Place { get; init; } = long.MaxValue;

        public long Pass { get; init; }

        public UInt128 Id { get; init; }

        public string? Fault { get; init; }

        public ExceptionDispatchInfo? Error { get; init; }
    }
}
