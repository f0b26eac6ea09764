namespace Road.Torch.Tests;

/// <summary>What happened on other threads, to be looked at and waited for.</summary>
internal sealed class Recorded<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];
    private readonly List<(Predicate<IReadOnlyList<T>> Condition, TaskCompletionSource Satisfied)> _waits = [];

    public T[] Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items];
            }
        }
    }

    /// <summary>Adds what <paramref name="create"/> makes of the number of items before.</summary>
    public T Add(Func<int, T> create)
    {
        lock (_gate)
        {
            T item = create(_items.Count);
            _items.Add(item);
            foreach ((_, TaskCompletionSource satisfied) in _waits.Where(wait => wait.Condition(_items)))
            {
                satisfied.TrySetResult();
            }

            return item;
        }
    }

    public void Add(T item) => Add(_ => item);

    /// <summary>Waits until the items satisfy a condition, which may be now.</summary>
    public Task UntilAsync(Predicate<IReadOnlyList<T>> condition)
    {
        lock (_gate)
        {
            TaskCompletionSource satisfied = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (condition(_items))
            {
                satisfied.SetResult();
            }

            _waits.Add((condition, satisfied));
            return satisfied.Task.WaitAsync(Patience.Limit);
        }
    }
}
