namespace Road.Torch.Training;

/// <summary>An observer threw, which ended the training; the inner exception is what it threw.</summary>
public sealed class TrainingObserverException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="observerName">The observer's name.</param>
    /// <param name="innerException">What it threw.</param>
    public TrainingObserverException(string observerName, Exception innerException)
        : base($"The training's observer '{observerName}' failed: {innerException?.Message}", innerException) =>
            ObserverName = observerName;

    /// <summary>The observer's name.</summary>
    public string ObserverName { get; }
}
