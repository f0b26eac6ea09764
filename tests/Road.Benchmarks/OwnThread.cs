using System.Runtime.ExceptionServices;

namespace Road.Benchmarks;

/// <summary>Runs jobs on threads that end with them, and OpenMP's threads with those.</summary>
internal static class OwnThread
{
    /// <summary>Runs a job and waits for it.</summary>
    /// <param name="job">The job; what it throws is thrown again here.</param>
    public static void Run(Action job) => Run<object?>(() =>
    {
        job();
        return null;
    });

    /// <summary>Runs a job and waits for its result.</summary>
    /// <param name="job">The job; what it throws is thrown again here.</param>
    public static T Run<T>(Func<T> job)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = job();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
