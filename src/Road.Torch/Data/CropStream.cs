using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Road.Torch.Data;

/// <summary>
/// An endless stream of random crops of a domain, decoded ahead by background workers. Each worker walks every pass
/// with a cursor of its own and decodes every n-th sample, so memory holds a few crops and no image for long, and
/// the stream is the same whatever the number of workers.
/// </summary>
public sealed class CropStream : IDisposable
{
    private const int QueuedPerWorker = 8;
    private const int ShufflePool = 64;

    private readonly ISampleSource source;
    private readonly RandomCrop augmentation;
    private readonly string domain;
    private readonly int seed;
    private readonly CancellationTokenSource stop;
    private readonly BlockingCollection<Item>[] queues;
    private readonly Thread[] workers;
    private readonly Random poolRandom;
    private readonly List<Crop>? pool;
    private ExceptionDispatchInfo? failure;
    private bool disposed;
    private long position;

    /// <summary>Opens the stream and starts its workers.</summary>
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
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(augmentation);
        ArgumentNullException.ThrowIfNull(domain);
        if (workers is < 1 or > 64)
        {
            throw new ArgumentOutOfRangeException(nameof(workers), workers, "The number of workers must be 1 to 64.");
        }

        this.source = source;
        this.augmentation = augmentation;
        this.domain = domain;
        this.seed = seed;
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        poolRandom = new Random(Mix(seed, -1));
        pool = source.IsShuffled ? null : new List<Crop>(ShufflePool);
        queues = [.. Enumerable.Range(0, workers).Select(_ => new BlockingCollection<Item>(QueuedPerWorker))];
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

    /// <summary>Takes the next crop, waiting for it where none is ready.</summary>
    /// <returns>The crop.</returns>
    /// <exception cref="InvalidOperationException">The domain has no samples.</exception>
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

        while (pool.Count < ShufflePool)
        {
            pool.Add(Take());
        }

        int index = poolRandom.Next(pool.Count);
        Crop crop = pool[index];
        pool[index] = Take();
        return crop;
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
        // The worker that failed adds nothing more: waiting for it again would never end.
        failure?.Throw();
        Item item = queues[position % queues.Length].Take(stop.Token);
        position++;
        failure = item.Error;
        failure?.Throw();
        return item.Crop!;
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
                queue.Add(new Item(null, ExceptionDispatchInfo.Capture(error)), stop.Token);
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
                if (sequence % queues.Length == index)
                {
                    // A crop's randomness hangs on its place in the stream, not on the worker that cuts it.
                    Random random = new(Mix(~seed, sequence));
                    queue.Add(new Item(augmentation.Apply(cursor.Decode(), random, pass), null), stop.Token);
                }

                sequence++;
            }

            if (sequence == first)
            {
                throw new InvalidOperationException($"The {domain} data has no rows.");
            }
        }
    }

    /// <summary>Derives an independent seed (the finaliser of SplitMix64; Steele et al., 2014).</summary>
    private static int Mix(int seed, long index)
    {
        ulong z = (ulong)seed + (0x9E3779B97F4A7C15UL * (ulong)(index + 2));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (int)((z ^ (z >> 31)) & int.MaxValue);
    }

    private sealed record Item(Crop? Crop, ExceptionDispatchInfo? Error);
}
