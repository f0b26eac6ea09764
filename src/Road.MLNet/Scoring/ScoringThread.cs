using System.Collections.Concurrent;

namespace Road.MLNet.Scoring;

/// <summary>
/// Scores batches ahead of their use, on a thread of its own that starts when the first is asked for. The end of the process waits for
/// it: libtorch takes itself apart then, and a thread that still computes would bring the process down.
/// </summary>
internal sealed class ScoringThread(ScoredBatches batches) : IDisposable
{
    private static readonly TimeSpan PatienceAtExit = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<ScoredBatch> _scored = new(boundedCapacity: 1);
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _isAbandoned;

    /// <summary>The thread; null before the first batch is asked for.</summary>
    public Thread? Thread { get; private set; }

    /// <summary>The next batch, scored; an empty one at the end.</summary>
    public ScoredBatch Take()
    {
        if (Thread is null)
        {
            Thread = new Thread(Work) { IsBackground = true, Name = "Road scoring" };
            AppDomain.CurrentDomain.ProcessExit += EndWithProcess;
            Thread.Start();
        }

        return _scored.TryTake(out ScoredBatch? batch, Timeout.Infinite) ? batch : ScoredBatch.Empty;
    }

    /// <summary>Makes the thread end and dispose the cursor, without waiting for it; nothing is asked for afterwards.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        Stop();
    }

    /// <summary>Ends the thread, waits for it and disposes the cursor.</summary>
    public void Dispose()
    {
        Stop();
        Thread?.Join();
        batches.Dispose();
        _scored.Dispose();
        _stop.Dispose();
    }

    private void Stop()
    {
        batches.Stop();
        _stop.Cancel();
    }

    private void EndWithProcess(object? sender, EventArgs e)
    {
        try
        {
            Stop();
        }
        catch (ObjectDisposedException)
        {
            // It was disposed meanwhile, and the thread has ended.
        }

        // A view may end the process while its row is read, and then waits for what waits here.
        Thread!.Join(PatienceAtExit);
    }

    /// <summary>Scores a batch while the next one is being read and the one before is being used.</summary>
    private void Work()
    {
        Task<ScoredBatch> reading = Task.Run(batches.Read);
        try
        {
            while (true)
            {
                ScoredBatch batch = reading.GetAwaiter().GetResult();
                if (batch.Rows.Count == 0)
                {
                    break;
                }

                _stop.Token.ThrowIfCancellationRequested();
                reading = Task.Run(batches.Read);
                _scored.Add(batches.Score(batch), _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody waits for predictions any more.
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
        finally
        {
            // The cursor is not disposed while a task reads it.
            ((IAsyncResult)reading).AsyncWaitHandle.WaitOne();
            _ = reading.Exception;
            _scored.CompleteAdding();
            AppDomain.CurrentDomain.ProcessExit -= EndWithProcess;
            if (_isAbandoned)
            {
                LetGo();
            }
        }
    }

    private void LetGo()
    {
        try
        {
            batches.Dispose();
        }
        catch (Exception)
        {
            // Nobody is left to be told, and the process is not to end for it.
        }
    }

    private void Fail(Exception failure)
    {
        try
        {
            _scored.Add(ScoredBatch.Failed(failure), _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody asks for the row that failed.
        }
    }
}
