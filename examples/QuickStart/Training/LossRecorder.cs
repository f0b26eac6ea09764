using System.Globalization;
using Road.Torch.Training;

namespace QuickStart.Training;

/// <summary>Keeps the course of a training and passes it on to the display.</summary>
internal sealed class LossRecorder(Action<int, string> display) : ITrainingObserver
{
    private readonly List<LossPoint> _points = [];

    public IReadOnlyList<LossPoint> Points => _points;

    public void Progress(RoadProgress progress)
    {
        StepLosses losses = progress.Losses;
        _points.Add(new LossPoint(progress.Iteration, losses.Segmentation, losses["L_dist"], losses["L_spt"]));
        string remark = Term("L_seg", losses.Segmentation) + Term("L_dist", losses["L_dist"]) + Term("L_spt", losses["L_spt"]);
        display(progress.Iteration, remark.TrimEnd());
    }

    private static string Term(string name, double? value) =>
        value is double number ? string.Create(CultureInfo.InvariantCulture, $"{name} {number:0.00}  ") : "";
}
