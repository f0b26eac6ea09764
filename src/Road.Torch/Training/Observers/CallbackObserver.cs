namespace Road.Torch.Training;

/// <summary>A callback of the options in the guise of an observer; what it throws is its caller's affair, and passes as it is.</summary>
internal abstract class CallbackObserver : ITrainingObserver
{
    public virtual bool WantsSnapshots => false;

    public virtual void Started(TrainingStart start)
    {
    }

    public virtual void Progress(RoadProgress progress)
    {
    }

    public virtual void Evaluated(TrainingSnapshot snapshot)
    {
    }

    public virtual void Ended(TrainingEnd end)
    {
    }
}
