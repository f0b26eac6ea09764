using System.Globalization;
using System.Text.Json;

namespace Road.Torch.Training;

/// <summary>
/// Ends a training, in success, once a metric has not become better for some evaluations (Prechelt, 1998). The schedule of the learning
/// rate stays that of all <see cref="TrainingOptions.Iterations"/>. Where the training goes on from a checkpoint, the evaluations before it
/// count.
/// </summary>
/// <remarks>
/// It ends the training where it stands: the result is the last network, not the best, unless that is kept. Of a metric on labels of the
/// target domain, <see cref="SnapshotMetric"/> says what it means.
/// </remarks>
public sealed class EarlyStopping : ITrainingObserver
{
    private const int LargestPatience = 1_000_000;

    private readonly List<Evaluation> _evaluations = [];
    private bool _isRestored;

    /// <summary>Creates the observer.</summary>
    /// <param name="metric">What has to become better.</param>
    public EarlyStopping(SnapshotMetric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Metric = metric;
    }

    /// <summary>What has to become better.</summary>
    public SnapshotMetric Metric { get; }

    /// <summary>
    /// After how many evaluations in a row without a better value the training ends: 1 to 1,000,000, 10 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Patience
    {
        get;
        set => field = OptionGuard.Between(value, 1, LargestPatience);
    } = 10;

    /// <summary>
    /// By more than how much, in the metric's unit, a value must be better than the best before to count: 0 (the default) to 1e9.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double LeastImprovement
    {
        get;
        set => field = OptionGuard.Between(value, 0, 1e9);
    }

    /// <inheritdoc/>
    public string Name => $"early stopping by {Metric.Name}";

    /// <inheritdoc/>
    public bool WantsSnapshots => true;

    /// <inheritdoc/>
    public string? SaveState() => JsonSerializer.Serialize(_evaluations);

    /// <inheritdoc/>
    public void RestoreState(string state)
    {
        try
        {
            List<Evaluation> evaluations = JsonSerializer.Deserialize<List<Evaluation>>(state)!;
            _evaluations.Clear();
            _evaluations.AddRange(evaluations);
        }
        catch (Exception error) when (error is JsonException or ArgumentNullException)
        {
            throw new InvalidDataException($"The state of '{Name}' is no list of evaluations.", error);
        }

        _isRestored = true;
    }

    /// <inheritdoc/>
    public void Started(TrainingStart start)
    {
        if (!_isRestored)
        {
            _evaluations.Clear();
        }

        _isRestored = false;
    }

    /// <inheritdoc/>
    public void Evaluated(TrainingSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        double value = Metric.Measure(snapshot);

        // Steps that were taken back come again, with evaluations of their own.
        _evaluations.RemoveAll(evaluation => evaluation.Iteration >= snapshot.Iteration);
        _evaluations.Add(new Evaluation(snapshot.Iteration, value));
        Evaluation best = _evaluations[0];
        int since = 0;
        foreach (Evaluation evaluation in _evaluations.Skip(1))
        {
            (best, since) = Metric.IsBetter(evaluation.Value, best.Value, LeastImprovement) ? (evaluation, 0) : (best, since + 1);
        }

        if (since >= Patience)
        {
            string more = LeastImprovement > 0
                ? string.Create(CultureInfo.InvariantCulture, $" by more than {LeastImprovement}")
                : string.Empty;
            snapshot.Stop(string.Create(
                CultureInfo.InvariantCulture,
                $"{Metric.Name} has not become better{more} than the {best.Value:G4} of iteration {best.Iteration} in {since} "
                + $"{(since == 1 ? "evaluation" : "evaluations")}"));
        }
    }

    private readonly record struct Evaluation(int Iteration, double Value);
}
