using Road.Torch.Training;

namespace Road.MLNet.Watching;

/// <summary>What a training said of itself at a step, or the mean of several.</summary>
/// <param name="Iteration">The steps done, the last of them.</param>
/// <param name="Losses">The losses by name.</param>
/// <param name="Rate">The learning rate.</param>
/// <param name="Speed">Images a second.</param>
/// <param name="Memory">Resident bytes.</param>
/// <param name="Seconds">Time of the training.</param>
internal sealed record ReportPoint(
    int Iteration, Dictionary<string, double> Losses, double Rate, double Speed, long Memory, double Seconds)
{
    public static ReportPoint Of(RoadProgress progress) => new(
        progress.Iteration,
        progress.Losses.All.ToDictionary(static loss => loss.Name, static loss => loss.Value),
        progress.LearningRate,
        progress.ImagesPerSecond,
        progress.ResidentBytes,
        progress.Elapsed.TotalSeconds);

    /// <summary>The mean of two, at the place of the later.</summary>
    public static ReportPoint Mean(ReportPoint first, ReportPoint second) => second with
    {
        Losses = second.Losses.ToDictionary(
            static loss => loss.Key,
            loss => first.Losses.TryGetValue(loss.Key, out double other) ? (loss.Value + other) / 2 : loss.Value),
        Speed = (first.Speed + second.Speed) / 2,
    };
}
