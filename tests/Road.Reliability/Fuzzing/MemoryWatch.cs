using Road.Torch;

namespace Road.Reliability.Fuzzing;

/// <summary>Ends a worker that takes more memory than small files may cost, before the machine suffers.</summary>
internal sealed class MemoryWatch
{
    /// <summary>How much a worker may grow beyond what it has with its sound files, in bytes.</summary>
    public const long Bound = 512L << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private readonly TextWriter _output;
    private readonly long _limit;
    private int _mutation;

    private MemoryWatch(TextWriter output)
    {
        _output = output;
        _limit = Environment.WorkingSet + Bound;
    }

    /// <summary>Begins to watch this process.</summary>
    /// <param name="output">Receives the result of the mutation that took too much.</param>
    public static MemoryWatch Start(TextWriter output)
    {
        MemoryWatch watch = new(output);
        new Thread(watch.Watch) { IsBackground = true }.Start();
        return watch;
    }

    /// <summary>Says which mutation is tried now.</summary>
    public void Begin(int number) => Volatile.Write(ref _mutation, number);

    /// <summary>What is taken once nothing is left that only waits to be collected, as the contexts of thousands of files do.</summary>
    private static long Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        FreedMemory.GiveBack();
        return Environment.WorkingSet;
    }

    private void Watch()
    {
        while (Environment.WorkingSet <= _limit || Collect() <= _limit)
        {
            Thread.Sleep(Interval);
        }

        lock (_output)
        {
            _output.WriteLine(
                new FuzzResult(Volatile.Read(ref _mutation), FuzzOutcome.Failed, $"took more than {Bound >> 20} MiB").Write());
            _output.Flush();
            Environment.Exit(3);
        }
    }
}
