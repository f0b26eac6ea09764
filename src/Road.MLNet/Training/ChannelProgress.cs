using System.Globalization;
using Microsoft.ML.Runtime;
using Road.Torch.Training;

namespace Road.MLNet.Data;

/// <summary>Logs a training's progress about twenty times; ML.NET's progress channel never reaches <c>MLContext.Log</c>.</summary>
internal sealed class ChannelProgress(IChannel channel) : IProgress<RoadProgress>
{
    private int reported;

    public void Report(RoadProgress value)
    {
        int twentieth = (int)(20L * value.Iteration / value.Iterations);
        if (twentieth > reported)
        {
            reported = twentieth;
            channel.Info(MessageSensitivity.None, string.Create(
                CultureInfo.InvariantCulture,
                $"Iteration {value.Iteration} of {value.Iterations}: {Term("L_seg", value.Losses.Segmentation)}{Term("L_dist", value.Losses.Distillation)}"
                + $"{Term("L_spt", value.Losses.Spatial)}{string.Concat(value.Losses.Rival.Select(static loss => Term(loss.Name, loss.Value)))}rate {value.LearningRate:E2}, {value.Remaining:hh\\:mm\\:ss} left."));
        }
    }

    private static string Term(string name, double? loss) =>
        loss is { } value ? string.Create(CultureInfo.InvariantCulture, $"{name} {value:F3}, ") : string.Empty;
}
