using System.Globalization;

namespace Road.Torch.Training;

/// <summary>The observers of a training, told one after the other.</summary>
internal sealed class TrainingObservers(IEnumerable<ITrainingObserver> observers)
{
    private readonly ITrainingObserver[] _observers = [.. observers];
    private string[]? _keys;

    public bool WantSnapshots => _observers.Any(static observer => observer.WantsSnapshots);

    /// <summary>What the observers want kept, each under a name of its own.</summary>
    public IReadOnlyDictionary<string, string> SaveStates()
    {
        Dictionary<string, string> states = new(StringComparer.Ordinal);
        foreach ((ITrainingObserver observer, string key) in _observers.Zip(Keys))
        {
            Tell(observer, told =>
            {
                if (told.SaveState() is { } state)
                {
                    states[key] = state;
                }
            });
        }

        return states;
    }

    /// <summary>Gives the observers what was kept for them; what nobody of that name is there for is left.</summary>
    public void RestoreStates(IReadOnlyDictionary<string, string> states)
    {
        foreach ((ITrainingObserver observer, string key) in _observers.Zip(Keys))
        {
            if (states.GetValueOrDefault(key) is { } state)
            {
                Tell(observer, told => told.RestoreState(state));
            }
        }
    }

    public void Started(TrainingStart start) => Tell(observer => observer.Started(start));

    public void Progress(RoadProgress progress) => Tell(observer => observer.Progress(progress));

    public void Saved(string checkpointFile, int iteration) => Tell(observer => observer.Saved(checkpointFile, iteration));

    public void Evaluated(TrainingSnapshot snapshot) => Tell(observer =>
    {
        if (observer.WantsSnapshots)
        {
            observer.Evaluated(snapshot);
        }
    });

    /// <summary>Tells all of them, whatever one throws; that is thrown at last unless the training has failed already.</summary>
    public void Ended(TrainingEnd end)
    {
        Exception? first = null;
        foreach (ITrainingObserver observer in _observers)
        {
            try
            {
                Tell(observer, told => told.Ended(end));
            }
            catch (Exception error)
            {
                first ??= error;
            }
        }

        if (first is not null && end.Error is null)
        {
            throw first;
        }
    }

    private string[] Keys => _keys ??= [.. _observers.Select((observer, place) =>
    {
        int earlier = _observers.Take(place).Count(other => other.Name == observer.Name);
        return earlier == 0 ? observer.Name : string.Create(CultureInfo.InvariantCulture, $"{observer.Name} {earlier + 1}");
    })];

    private void Tell(Action<ITrainingObserver> tell)
    {
        foreach (ITrainingObserver observer in _observers)
        {
            Tell(observer, tell);
        }
    }

    private static void Tell(ITrainingObserver observer, Action<ITrainingObserver> tell)
    {
        try
        {
            tell(observer);
        }
        catch (Exception error) when (observer is not CallbackObserver && error is not OperationCanceledException)
        {
            throw new TrainingObserverException(observer.Name, error);
        }
    }
}
