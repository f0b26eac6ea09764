using System.Globalization;
using Microsoft.ML.Runtime;
using Road.Torch.Data;
using Road.Torch.Training;

namespace Road.MLNet.Data;

/// <summary>Logs a training's progress about twenty times; ML.NET's progress channel never reaches <c>MLContext.Log</c>.</summary>
/// <param name="channel">Where to.</param>
/// <param name="classNames">The classes in the order of their indices.</param>
/// <param name="weighting">What weighs the classes; null where all weigh alike.</param>
internal sealed class ChannelObserver(IChannel channel, IReadOnlyList<string> classNames, ClassWeighting? weighting) : CallbackObserver
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

        if (start is { ClassWeights: { } weights, SourceClasses: { } counts })
        {
            channel.Info(MessageSensitivity.UserData, Describe(weights, counts));
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

    public override void Ended(TrainingEnd end)
    {
        if (end.StopReason is { } reason)
        {
            channel.Info(
                MessageSensitivity.None,
                string.Create(CultureInfo.InvariantCulture, $"Stopped early, after iteration {end.Iteration}: {reason}."));
        }
    }

    private string Describe(IReadOnlyList<double> weights, ClassCounts counts)
    {
        IEnumerable<string> classes = classNames.Select((name, index) => string.Create(
            CultureInfo.InvariantCulture, $"{name} {weights[index]:G3} ({100 * counts.Share(index):0.###} %)"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Class weights by {weighting} over {counts.ImageCount} masks: {string.Join(", ", classes)}.");
    }

    private static string Term(NamedLoss loss) => string.Create(CultureInfo.InvariantCulture, $"{loss.Name} {loss.Value:F3}, ");
}
