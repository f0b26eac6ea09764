namespace Road.Torch.Metrics;

/// <summary>How the scores of many images spread: their mean, standard deviation and quantiles. Scores that are NaN are left out.</summary>
public sealed class ScoreDistribution
{
    private readonly double[] _values;

    /// <summary>Takes scores.</summary>
    /// <param name="values">The scores, such as the mean IoU of each image; NaN where an image has none.</param>
    public ScoreDistribution(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        _values = [.. values.Where(static value => !double.IsNaN(value)).Order()];
        Mean = _values.DefaultIfEmpty(double.NaN).Average();
        StandardDeviation = _values.Length < 2
            ? double.NaN
            : Math.Sqrt(_values.Sum(value => (value - Mean) * (value - Mean)) / (_values.Length - 1));
    }

    /// <summary>The number of scores.</summary>
    public int Count => _values.Length;

    /// <summary>The mean; NaN without scores.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation of a sample (n - 1); NaN with fewer than two scores.</summary>
    public double StandardDeviation { get; }

    /// <summary>The lowest score; NaN without scores.</summary>
    public double Minimum => Quantile(0);

    /// <summary>The middle score; NaN without scores.</summary>
    public double Median => Quantile(0.5);

    /// <summary>The highest score; NaN without scores.</summary>
    public double Maximum => Quantile(1);

    /// <summary>
    /// The score that a share of the scores lie below: between the two nearest in order, by the distance to each, as NumPy's default is.
    /// </summary>
    /// <param name="share">The share, 0 to 1.</param>
    /// <returns>The score; NaN without scores.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside its range.</exception>
    public double Quantile(double share)
    {
        OptionGuard.Between(share, 0.0, 1.0, nameof(share));
        if (_values.Length == 0)
        {
            return double.NaN;
        }

        double place = share * (_values.Length - 1);
        int below = Math.Min((int)place, Math.Max(0, _values.Length - 2));
        int above = Math.Min(below + 1, _values.Length - 1);
        return _values[below] + ((place - below) * (_values[above] - _values[below]));
    }
}
