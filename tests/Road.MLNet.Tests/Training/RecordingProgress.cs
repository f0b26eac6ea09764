using Road.Torch.Training;

namespace Road.MLNet.Tests.Training;

/// <summary>Reports on the training's own thread, which <c>Progress&lt;T&gt;</c> does not.</summary>
internal sealed class RecordingProgress(Action<RoadProgress> report) : IProgress<RoadProgress>
{
    public void Report(RoadProgress value) => report(value);
}
