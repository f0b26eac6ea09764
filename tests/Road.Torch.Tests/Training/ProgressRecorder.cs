using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

/// <summary>Keeps a training's reports, on its own thread.</summary>
internal sealed class ProgressRecorder(List<RoadProgress> reports, Action<RoadProgress>? then = null) : IProgress<RoadProgress>
{
    public void Report(RoadProgress value)
    {
        reports.Add(value);
        then?.Invoke(value);
    }
}
