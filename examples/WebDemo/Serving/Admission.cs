using System.Threading.RateLimiting;

namespace WebDemo.Serving;

/// <summary>
/// Lets in as many requests as may be in work and wait. It stands before a request's body is read: what is let in is what lies in memory.
/// </summary>
internal sealed class Admission : IDisposable
{
    private readonly ConcurrencyLimiter _limiter;
    private readonly int _places;

    public Admission(ServingOptions options)
    {
        _places = options.Workers + options.QueueLength;
        _limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = _places, QueueLimit = 0 });
    }

    /// <summary>The requests that are in.</summary>
    public int Count => _places - (int)(_limiter.GetStatistics()?.CurrentAvailablePermits ?? _places);

    /// <summary>A place, to be disposed by whoever got it; null where all are taken.</summary>
    public IDisposable? TryEnter()
    {
        RateLimitLease lease = _limiter.AttemptAcquire();
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    public void Dispose() => _limiter.Dispose();
}
