namespace Road.Torch.Training;

/// <summary>
/// Follows a training: any number of them stand in <see cref="TrainingOptions.Observers"/>. All calls come on the training's own thread,
/// which waits for them, and the steps come out the same as without them; <see cref="TrainingSnapshot.Stop"/> ends the training before
/// its last. What an observer throws ends it with an error, a <see cref="TrainingObserverException"/> that names it, but for an
/// <see cref="OperationCanceledException"/>, which passes as it is.
/// </summary>
public interface ITrainingObserver
{
    /// <summary>The observer's name in errors; its class's name unless told otherwise.</summary>
    string Name => GetType().Name;

    /// <summary>Whether <see cref="Evaluated"/> is to be called; making a snapshot possible costs a check of all weights.</summary>
    bool WantsSnapshots => false;

    /// <summary>
    /// What the observer has to know again where the training goes on from a checkpoint, asked for whenever one is saved; null, the
    /// default, for nothing. It is kept under the observer's name, among those of one name in their order.
    /// </summary>
    string? SaveState() => null;

    /// <summary>Takes back what <see cref="SaveState"/> gave, before <see cref="Started"/>; not called where there is nothing.</summary>
    /// <remarks>
    /// Evaluations that the training had behind it after that checkpoint was saved come again, and so does one that was due right then.
    /// </remarks>
    /// <param name="state">The state.</param>
    /// <exception cref="InvalidDataException">The state is not one that this observer gives.</exception>
    void RestoreState(string state)
    {
    }

    /// <summary>The training stands before its first step, or where its checkpoint left it.</summary>
    /// <param name="start">What it is made with, and where it stands.</param>
    void Started(TrainingStart start)
    {
    }

    /// <summary>Every <see cref="TrainingOptions.ProgressInterval"/> steps and after the last.</summary>
    /// <param name="progress">Losses by name, rate, speed and time.</param>
    void Progress(RoadProgress progress)
    {
    }

    /// <summary>
    /// Every <see cref="TrainingOptions.EvaluationInterval"/> steps and after the last, where <see cref="WantsSnapshots"/> says so.
    /// </summary>
    /// <param name="snapshot">The network as it is now; it is good during the call alone.</param>
    void Evaluated(TrainingSnapshot snapshot)
    {
    }

    /// <summary>The state of the training has been saved.</summary>
    /// <param name="checkpointFile">The file.</param>
    /// <param name="iteration">The steps that it has behind it.</param>
    void Saved(string checkpointFile, int iteration)
    {
    }

    /// <summary>The training is over, one way or the other; called once for each <see cref="Started"/>.</summary>
    /// <param name="end">How.</param>
    void Ended(TrainingEnd end)
    {
    }
}
