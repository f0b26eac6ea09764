namespace WebDemo.Segmentation;

/// <summary>Where the model is, once there is one.</summary>
internal sealed class ModelSlot : IDisposable
{
    private volatile ModelState _state = ModelState.Starting;
    private volatile SegmentationWorkers? _workers;

    public ModelState State => _state;

    /// <summary>What segments; null before the model is ready.</summary>
    public SegmentationWorkers? Workers => _workers;

    public void Tell(ModelState state) => _state = state;

    /// <summary>Takes over what segments.</summary>
    public void Fill(SegmentationWorkers workers)
    {
        _workers = workers;
        _state = new ModelState(ModelState.Ready, null, null);
    }

    public void Dispose() => _workers?.Dispose();
}
