using System.Runtime.CompilerServices;

namespace Road.Torch.Data;

/// <summary>The range that a random scale is drawn from, evenly unless told: 2 doubles an image's sides.</summary>
/// <param name="Minimum">The least scale, 0.1 to 10.</param>
/// <param name="Maximum">The largest scale, <paramref name="Minimum"/> to 10.</param>
public readonly record struct ScaleRange(double Minimum, double Maximum)
{
    /// <summary>The least scale that a range may have.</summary>
    public const double Smallest = 0.1;

    /// <summary>The largest scale that a range may have.</summary>
    public const double Largest = 10;

    /// <summary>The range that leaves images as they are.</summary>
    public static ScaleRange None { get; } = new(1, 1);

    /// <summary>
    /// Whether the logarithm is what is drawn evenly, so that half as large is as likely as twice as large: false by default.
    /// </summary>
    public bool IsLogUniform { get; init; }

    /// <summary>The range as <c>minimum to maximum</c>, and <c>, log-uniform</c> where it is.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => FormattableString.Invariant($"{Minimum} to {Maximum}{(IsLogUniform ? ", log-uniform" : "")}");

    /// <summary>Draws a scale.</summary>
    internal double Draw(Random random)
    {
        double place = random.NextDouble();
        return IsLogUniform ? Minimum * Math.Pow(Maximum / Minimum, place) : Minimum + (place * (Maximum - Minimum));
    }

    /// <summary>Whether both ends are numbers in their ranges.</summary>
    internal bool IsValid => Minimum is >= Smallest and <= Largest && Maximum >= Minimum && Maximum <= Largest;

    /// <summary>The range as the value of an option.</summary>
    /// <param name="property">The option.</param>
    /// <exception cref="ArgumentOutOfRangeException">An end is outside its range, or the minimum exceeds the maximum.</exception>
    internal ScaleRange Checked([CallerMemberName] string property = "") => OptionGuard.Valid(
        this, IsValid, FormattableString.Invariant($"{Smallest} to {Largest}, the minimum first"), property);
}
