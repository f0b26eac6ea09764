using System.Globalization;
using Microsoft.ML.Runtime;
using Road.Torch.Training;

namespace Road.MLNet.Data;

/// <summary>Logs a training's progress about twenty times; ML.NET's progress channel never reaches <c>MLContext.Log</c>.</summary>
internal sealed class ChannelObserver(IChannel channel) : CallbackObserver
{
    private int _reported;

    public override void Started(TrainingStart start)
    {
        if (start.Iteration > 0)
        {
            channel.Info(
                MessageSensitivity.UserData,
                $"Going on after iteration {start.Iteration} of {start.Iterations}, from the checkpoint '{start.CheckpointFile}'.");
        }
    }

    public override void Progress(RoadProgress value)
    {
        int twentieth = (int)(20L * value.Iteration / value.Iterations);
        if (twentieth > _reported)
        {
            _reported = twentieth;
            channel.Info(MessageSensitivity.None, string.Create(
                CultureInfo.InvariantCulture,
                $"Iteration {value.Iteration} of {value.Iterations}: "
                + $"{string.Concat(value.Losses.All.Select(Term))}rate {value.LearningRate:E2}, {value.Remaining:hh\\:mm\\:ss} left."));
        }
    }

    private static string Term(NamedLoss loss) => string.Create(CultureInfo.InvariantCulture, $"{loss.Name} {loss.Value:F3}, ");
}
