using System.Globalization;
using Microsoft.ML.Runtime;
using Road.Torch.Data;
using Road.Torch.Training;

namespace Road.MLNet.Data;

/// <summary>
/// Logs a training's progress about twenty times, and between that after each step that ends half a minute or more after the last line,
/// so that a long training is not silent; ML.NET's progress channel never reaches <c>MLContext.Log</c>.
/// </summary>
/// <param name="channel">Where to.</param>
/// <param name="classNames">The classes in the order of their indices.</param>
/// <param name="weighting">What weighs the classes; null where all weigh alike.</param>
/// <param name="time">The clock.</param>
internal sealed class ChannelObserver(
    IChannel channel, IReadOnlyList<string> classNames, ClassWeighting? weighting, TimeProvider time) : CallbackObserver
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private int _reported;
    private int _first;
    private int _iterations;
    private long _start;
    private long _lastLine;

    public override void Started(TrainingStart start)
    {
        _first = start.Iteration;
        _iterations = start.Iterations;
        _start = _lastLine = time.GetTimestamp();
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
        if (twentieth > _reported || IsSilent)
        {
            _reported = twentieth;
            _lastLine = time.GetTimestamp();
            channel.Info(MessageSensitivity.None, string.Create(
                CultureInfo.InvariantCulture,
                $"Iteration {value.Iteration} of {value.Iterations}: "
                + $"{string.Concat(value.Losses.All.Select(Term))}rate {value.LearningRate:E2}, {Clock(value.Remaining)} left."));
        }
    }

    /// <summary>Is told of every step; losses are known only where they are reported.</summary>
    /// <param name="iteration">The steps done.</param>
    public void StepDone(int iteration)
    {
        if (IsSilent && iteration < _iterations)
        {
            _lastLine = time.GetTimestamp();
            TimeSpan step = time.GetElapsedTime(_start) / Math.Max(1, iteration - _first);
            channel.Info(MessageSensitivity.None, string.Create(
                CultureInfo.InvariantCulture,
                $"Iteration {iteration} of {_iterations}: {step.TotalSeconds:0.##} s a step, "
                + $"{Clock(step * (_iterations - iteration))} left."));
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

    private bool IsSilent => time.GetElapsedTime(_lastLine) >= LongestSilence;

    private string Describe(IReadOnlyList<double> weights, ClassCounts counts)
    {
        IEnumerable<string> classes = classNames.Select((name, index) => string.Create(
            CultureInfo.InvariantCulture, $"{name} {weights[index]:G3} ({100 * counts.Share(index):0.###} %)"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Class weights by {weighting} over {counts.ImageCount} masks: {string.Join(", ", classes)}.");
    }

    private static string Term(NamedLoss loss) => string.Create(CultureInfo.InvariantCulture, $"{loss.Name} {loss.Value:F3}, ");

    /// <summary>Hours, minutes and seconds; the hours of days add up.</summary>
    private static string Clock(TimeSpan left) => string.Create(
        CultureInfo.InvariantCulture, $"{(long)left.TotalHours:00}:{left.Minutes:00}:{left.Seconds:00}");
}
