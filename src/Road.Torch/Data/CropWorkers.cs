using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Road.Torch.Data;

/// <summary>
/// The threads behind a <see cref="CropStream"/>: each walks every pass with a cursor of its own and cuts crops of every n-th sample.
/// </summary>
internal sealed class CropWorkers : IDisposable
{
    private const int QueuedPerWorker = 8;

    private readonly ISampleSource _source;
    private readonly CropAugmentation _augmentation;
    private readonly string _domain;
    private readonly int _cropsPerImage;
    private readonly BadSamplePolicy _badSamples;
    private readonly RareClassDraws? _draws;
    private readonly RareClassOptions? _rareClasses;
    private readonly CancellationTokenSource _stop;
    private readonly BlockingCollection<CropItem>[] _queues;
    private readonly Thread[] _threads;

    // The threads, and the owner; the last of them frees what they share.
    private int _users;
    private long _firstWanted;

    /// <summary>Starts the threads.</summary>
    /// <param name="source">The domain's samples.</param>
    /// <param name="augmentation">How crops are cut and changed.</param>
    /// <param name="domain">The domain's name in messages.</param>
    /// <param name="seed">The seed of the order and of the crops.</param>
    /// <param name="options">Workers, crops of an image, and what happens to bad samples.</param>
    /// <param name="cancellationToken">Ends the threads.</param>
    /// <param name="draws">What is cut, where it is drawn; null to walk through all samples.</param>
    /// <param name="firstWanted">The first place that is wanted, see <see cref="FirstWanted"/>.</param>
    public CropWorkers(
        ISampleSource source,
        CropAugmentation augmentation,
        string domain,
        int seed,
        CropStreamOptions options,
        CancellationToken cancellationToken,
        RareClassDraws? draws = null,
        long firstWanted = 0)
    {
        _source = source;
        _draws = draws;
        _firstWanted = firstWanted;
        _rareClasses = options.RareClasses;
        _augmentation = augmentation;
        _domain = domain;
        Seed = seed;
        _cropsPerImage = options.CropsPerImage;
        _badSamples = options.BadSamples;

        // Crops of an image come in one piece, so fewer pieces of more crops wait. Of a block that is drawn, all may have to wait for one.
        int queued = Math.Max(2, draws is null ? QueuedPerWorker / _cropsPerImage : RareClassDraws.BlockSize / options.Workers);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _queues = [.. Enumerable.Range(0, options.Workers).Select(_ => new BlockingCollection<CropItem>(queued))];
        _threads = [.. Enumerable.Range(0, options.Workers).Select(index => new Thread(() => Work(index))
        {
            IsBackground = true,
            Name = $"Road {domain} loader {index}",
        })];
        _users = _threads.Length + 1;
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>The seed of the order and of the crops.</summary>
    public int Seed { get; }

    /// <summary>The threads.</summary>
    public IReadOnlyList<Thread> Threads => _threads;

    /// <summary>The first place of the stream that is wanted; those before it are left out, undecoded.</summary>
    public long FirstWanted
    {
        get => Volatile.Read(ref _firstWanted);
        set => Volatile.Write(ref _firstWanted, value);
    }

    /// <summary>Derives an independent seed (the finaliser of SplitMix64; Steele et al., 2014).</summary>
    public static int Mix(int seed, long index)
    {
        ulong z = (ulong)seed + (0x9E3779B97F4A7C15UL * (ulong)(index + 2));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (int)((z ^ (z >> 31)) & int.MaxValue);
    }

    /// <summary>Takes what the worker of a place has ready next, waiting for it.</summary>
    /// <exception cref="OperationCanceledException">The stream was cancelled.</exception>
    public CropItem Take(long place) => _queues[place % _queues.Length].Take(_stop.Token);

    /// <summary>Makes the threads end without waiting for them; nothing is taken afterwards.</summary>
    public void Abandon()
    {
        _stop.Cancel();
        Release();
    }

    /// <summary>Ends the threads and waits for them.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) > 0)
        {
            return;
        }

        foreach (BlockingCollection<CropItem> queue in _queues)
        {
            queue.Dispose();
        }

        _stop.Dispose();
    }

    private void Work(int index)
    {
        BlockingCollection<CropItem> queue = _queues[index];
        try
        {
            try
            {
                if (_draws is null)
                {
                    Walk(index, queue);
                }
                else
                {
                    WalkDrawn(index, queue, _draws);
                }
            }
            catch (Exception error) when (error is not OperationCanceledException || !_stop.IsCancellationRequested)
            {
                queue.Add(new CropItem([]) { Error = ExceptionDispatchInfo.Capture(error) }, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody waits for this worker any more.
        }
        finally
        {
            Release();
        }
    }

    private void Walk(int index, BlockingCollection<CropItem> queue)
    {
        long sequence = 0;
        for (long pass = 0; ; pass++)
        {
            long first = sequence;
            using ISampleCursor cursor = _source.Open(Mix(Seed, pass));
            while (cursor.MoveNext())
            {
                _stop.Token.ThrowIfCancellationRequested();
                if (sequence % _queues.Length == index && sequence >= FirstWanted)
                {
                    queue.Add(Cut(cursor, sequence, pass), _stop.Token);
                }

                sequence++;
            }

            if (sequence == first)
            {
                throw new InvalidOperationException($"The {_domain} data has no rows.");
            }
        }
    }

    /// <summary>
    /// Walks once for each block of draws. The images of a block stand at places of their own, from the block's first on in the order that
    /// the source gives them in, so that a block can be left out without knowing those before it.
    /// </summary>
    private void WalkDrawn(int index, BlockingCollection<CropItem> queue, RareClassDraws draws)
    {
        for (long block = 0; ; block++)
        {
            block = Math.Max(block, FirstWanted / RareClassDraws.BlockSize);
            Dictionary<UInt128, RareClassDraw[]> wanted = draws.Draw(block).GroupBy(static draw => draw.Image).ToDictionary(
                static group => group.Key, static group => group.ToArray());
            long place = block * RareClassDraws.BlockSize;
            using ISampleCursor cursor = _source.Open(Mix(Seed, block));
            while (wanted.Count > 0 && cursor.MoveNext())
            {
                _stop.Token.ThrowIfCancellationRequested();
                if (wanted.Remove(cursor.Id, out RareClassDraw[]? ofImage))
                {
                    if (place % _queues.Length == index && place >= FirstWanted)
                    {
                        queue.Add(CutDrawn(cursor, ofImage, block, place), _stop.Token);
                    }

                    place++;
                }
            }

            if (wanted.Count > 0)
            {
                throw new InvalidOperationException(
                    $"The {_domain} data has lost rows since its labels were counted: rare classes are drawn from rows that every pass "
                    + "has.");
            }
        }
    }

    private CropItem CutDrawn(ISampleCursor cursor, RareClassDraw[] draws, long block, long place)
    {
        long pass = _draws!.PassOf(block);
        if (Decode(cursor, out string? fault) is not { } sample)
        {
            return new CropItem([]) { Place = place, Pass = pass, Id = cursor.Id, Fault = fault };
        }

        Crop[] crops = [.. draws.Select(draw => _augmentation.Apply(
            sample,
            new Random(Mix(~Seed, (block * RareClassDraws.BlockSize) + draw.Slot)),
            pass,
            draw.Class,
            _rareClasses!))];
        return new CropItem(crops) { Place = place, Pass = pass, Slots = [.. draws.Select(static draw => draw.Slot)] };
    }

    /// <summary>Decodes the sample that a cursor stands on; null, and the fault, where it is to be skipped.</summary>
    private DecodedSample? Decode(ISampleCursor cursor, out string? fault)
    {
        fault = null;
        try
        {
            return cursor.Decode();
        }
        catch (Exception error) when (
            _badSamples == BadSamplePolicy.Skip && error is (InvalidDataException or IOException or UnauthorizedAccessException))
        {
            fault = error.Message;
            return null;
        }
    }

    private CropItem Cut(ISampleCursor cursor, long sequence, long pass)
    {
        if (Decode(cursor, out string? fault) is not { } sample)
        {
            return new CropItem([]) { Place = sequence, Pass = pass, Id = cursor.Id, Fault = fault };
        }

        // A crop's randomness hangs on its place in the stream, not on the worker that cuts it.
        Random random = new(Mix(~Seed, sequence));
        Crop[] crops = new Crop[_cropsPerImage];
        for (int i = 0; i < crops.Length; i++)
        {
            crops[i] = _augmentation.Apply(sample, random, pass);
        }

        return new CropItem(crops) { Place = sequence, Pass = pass };
    }
}
