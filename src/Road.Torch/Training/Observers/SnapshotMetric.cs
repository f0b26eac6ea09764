using System.Globalization;

namespace Road.Torch.Training;

/// <summary>
/// What the network in the middle of its training is judged by: any function of a snapshot. Observers that share a metric have it measured
/// once a snapshot.
/// </summary>
/// <remarks>
/// A model that is chosen by labels of the target domain has been trained on them in part: measure it on others, and compare it with
/// methods that had them too.
/// </remarks>
public sealed class SnapshotMetric
{
    private readonly Func<TrainingSnapshot, double> _measure;
    private readonly WeakReference<TrainingSnapshot?> _measured = new(null);
    private double _value;

    /// <summary>Creates a metric.</summary>
    /// <param name="name">What logs call it, such as <c>mIoU</c>; it tells this metric from others where a training goes on.</param>
    /// <param name="measure">Gives its value, a finite number.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public SnapshotMetric(string name, Func<TrainingSnapshot, double> measure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(measure);
        Name = name;
        _measure = measure;
    }

    /// <summary>What logs call it.</summary>
    public string Name { get; }

    /// <summary>Whether less is better, as of a loss: false by default.</summary>
    public bool SmallerIsBetter { get; init; }

    /// <summary>The metric of a snapshot; the last one that was measured is not measured again.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <returns>The value.</returns>
    /// <exception cref="InvalidOperationException">The value is not finite.</exception>
    public double Measure(TrainingSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (_measured.TryGetTarget(out TrainingSnapshot? measured) && ReferenceEquals(measured, snapshot))
        {
            return _value;
        }

        double value = _measure(snapshot);
        if (!double.IsFinite(value))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The metric '{Name}' is {value} after iteration {snapshot.Iteration}; to judge by, it must be a finite number."));
        }

        _measured.SetTarget(snapshot);
        return _value = value;
    }

    /// <summary>Whether a value is better than another.</summary>
    /// <param name="value">The value.</param>
    /// <param name="other">The other.</param>
    /// <param name="leastDifference">By more than how much, 0 or more.</param>
    /// <returns>Whether it is.</returns>
    public bool IsBetter(double value, double other, double leastDifference = 0) =>
        (SmallerIsBetter ? other - value : value - other) > leastDifference;
}
