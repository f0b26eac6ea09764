using Road.Torch.Training;

namespace Road.MLNet.Watching;

/// <summary>All that a report shows.</summary>
/// <param name="Title">The page's title.</param>
/// <param name="Start">How the training began.</param>
/// <param name="Progress">How far it is; null before it has told.</param>
/// <param name="End">How it ended; null while it runs.</param>
/// <param name="History">What it said on the way.</param>
/// <param name="Pictures">What the network saw.</param>
internal sealed record ReportContent(
    string Title, TrainingStart Start, RoadProgress? Progress, TrainingEnd? End, ReportHistory History, ReportPictures Pictures)
{
    /// <summary>The steps done.</summary>
    public int Iteration => End?.Iteration ?? Progress?.Iteration ?? Start.Iteration;
}
