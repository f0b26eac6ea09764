namespace Road.Torch.Tests;

/// <summary>What happened on other threads, to be looked at and waited for.</summary>
internal sealed class Recorded<T>
{
    private readonly Lock gate = new();
    private readonly List<T> items = [];
    private readonly List<(Predicate<IReadOnlyList<T>> Condition, TaskCompletionSource Satisfied)> waits = [];

    public T[] Items
    {
        get
        {
            lock (gate)
            {
                return [.. items];
            }
        }
    }

    /// <summary>Adds what <paramref name="create"/> makes of the number of items before.</summary>
    public T Add(Func<int, T> create)
    {
        lock (gate)
        {
            T item = create(items.Count);
            items.Add(item);
            foreach ((_, TaskCompletionSource satisfied) in waits.Where(wait => wait.Condition(items)))
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
        lock (gate)
        {
            TaskCompletionSource satisfied = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (condition(items))
            {
                satisfied.SetResult();
            }

            waits.Add((condition, satisfied));
            return satisfied.Task.WaitAsync(Patience.Limit);
        }
    }
}
