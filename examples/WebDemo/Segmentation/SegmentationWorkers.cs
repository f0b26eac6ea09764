using System.Diagnostics;
using System.Threading.Channels;
using TorchSharp;
using WebDemo.Serving;

namespace WebDemo.Segmentation;

/// <summary>
/// Threads that decode and segment one picture after the other. They are threads of their own and not those of the pool: libtorch starts
/// helpers for every thread that it meets, which then live as long as it.
/// </summary>
internal sealed class SegmentationWorkers : IDisposable
{
    private readonly ISegmenter _model;
    private readonly ServingOptions _options;
    private readonly Channel<Job> _jobs = Channel.CreateUnbounded<Job>();
    private readonly Thread[] _threads;

    /// <param name="model">The model, which is disposed with the workers.</param>
    /// <param name="options">How many there are, and how large pictures may be.</param>
    public SegmentationWorkers(ISegmenter model, ServingOptions options)
    {
        _model = model;
        _options = options;
        _threads = [.. Enumerable.Range(0, options.Workers).Select(
            i => new Thread(Work) { IsBackground = true, Name = $"Segmentation {i}" })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    public ISegmenter Model => _model;

    /// <summary>Segments a picture once a worker is free.</summary>
    /// <param name="file">The picture's file.</param>
    /// <param name="cancellation">Gives the picture up; one that is in the network goes through it, and nobody is told.</param>
    /// <exception cref="PictureException">The picture cannot be segmented.</exception>
    /// <exception cref="OperationCanceledException">The picture was given up.</exception>
    public Task<SegmentedPicture> SegmentAsync(ReadOnlyMemory<byte> file, CancellationToken cancellation)
    {
        Job job = new(file, Stopwatch.GetTimestamp(), cancellation);
        if (!_jobs.Writer.TryWrite(job))
        {
            throw new OperationCanceledException("The server is stopping.");
        }

        return job.Result.Task.WaitAsync(cancellation);
    }

    /// <summary>Finishes what waits, and ends the threads.</summary>
    public void Dispose()
    {
        _jobs.Writer.Complete();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _model.Dispose();
    }

    private void Work()
    {
        // Counts for the thread that sets it.
        torch.set_num_threads(_options.Threads);
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_jobs.Reader.TryRead(out Job? job))
            {
                Run(job);
            }
        }
    }

    private void Run(Job job)
    {
        try
        {
            job.Cancellation.ThrowIfCancellationRequested();
            long begin = Stopwatch.GetTimestamp();
            using Picture picture = Picture.Decode(job.File, _options.MaxPixels, _options.NetworkPixels);
            job.Cancellation.ThrowIfCancellationRequested();
            long decoded = Stopwatch.GetTimestamp();
            SegmentedPixels pixels = _model.Segment(picture.Image);
            job.Result.SetResult(new SegmentedPicture(
                picture.Size,
                pixels,
                Stopwatch.GetElapsedTime(job.Arrival, begin),
                Stopwatch.GetElapsedTime(begin, decoded),
                Stopwatch.GetElapsedTime(decoded)));
        }
        catch (OperationCanceledException)
        {
            job.Result.SetCanceled(job.Cancellation);
        }
        catch (Exception failure)
        {
            // Whoever waits for the picture is told; the next one is to be segmented nevertheless.
            job.Result.SetException(failure);
            _ = job.Result.Task.Exception;
        }
    }

    private sealed record Job(ReadOnlyMemory<byte> File, long Arrival, CancellationToken Cancellation)
    {
        public TaskCompletionSource<SegmentedPicture> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
