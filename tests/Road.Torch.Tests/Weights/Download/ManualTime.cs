namespace Road.Torch.Tests.Weights.Download;

/// <summary>
/// A clock whose timers are due when a test says so, however long that takes, and that remembers what was asked of them.
/// </summary>
/// <param name="isDue">Says of a timer that is set, by its time, whether it is due at once.</param>
internal sealed class ManualTime(Predicate<TimeSpan>? isDue = null) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _times = [];
    private readonly List<ManualTimer> _running = [];

    /// <summary>The times that timers were set to, in order.</summary>
    public TimeSpan[] Times
    {
        get
        {
            lock (_gate)
            {
                return [.. _times];
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Makes every timer due that is set.</summary>
    public void Elapse()
    {
        ManualTimer[] due;
        lock (_gate)
        {
            due = [.. _running];
            _running.Clear();
        }

        foreach (ManualTimer timer in due)
        {
            timer.Fire();
        }
    }

    private void Set(ManualTimer timer, TimeSpan time)
    {
        lock (_gate)
        {
            _running.Remove(timer);
            if (time == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            _times.Add(time);
            if (isDue?.Invoke(time) != true)
            {
                _running.Add(timer);
                return;
            }
        }

        timer.Fire();
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Set(this, dueTime);
            return true;
        }

        // As a real timer: never on the thread that sets it.
        public void Fire() => ThreadPool.QueueUserWorkItem(_ => callback(state));

        public void Dispose() => time.Set(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
