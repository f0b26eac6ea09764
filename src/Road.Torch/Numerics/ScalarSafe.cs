using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch;

/// <summary>
/// Arithmetic with numbers. Where a number turns into a <see cref="Scalar"/> inside a call, TorchSharp hands libtorch the
/// Scalar's address and lets go of the object: a garbage collection at that moment, which a loader thread can cause,
/// frees it while libtorch reads it, and the step fails with a number of an impossible type. Here every Scalar lives until
/// the call is over.
/// </summary>
internal static class ScalarSafe
{
    /// <summary><c>a + b</c>; TorchSharp's own addition of tensors makes a Scalar of its factor 1.</summary>
    public static Tensor Plus(this Tensor a, Tensor b)
    {
        using Scalar one = 1.0.ToScalar();
        return a.add(b, one);
    }

    /// <summary><c>a + number</c>.</summary>
    public static Tensor Plus(this Tensor a, double number)
    {
        using Scalar scalar = number.ToScalar();
        return a.add(scalar);
    }

    /// <summary><c>number - a</c>.</summary>
    public static Tensor From(this Tensor a, double number) => a.neg().Plus(number);

    /// <summary><c>a += factor * b</c>.</summary>
    public static Tensor PlusInPlace(this Tensor a, Tensor b, double factor = 1)
    {
        using Scalar scalar = factor.ToScalar();
        return a.add_(b, scalar);
    }

    /// <summary><c>a * factor</c>.</summary>
    public static Tensor Times(this Tensor a, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return a.mul(scalar);
    }

    /// <summary><c>a *= factor</c>.</summary>
    public static Tensor TimesInPlace(this Tensor a, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return a.mul_(scalar);
    }

    /// <summary>Where the integer tensor differs from a value.</summary>
    public static Tensor DiffersFrom(this Tensor a, long value)
    {
        using Scalar scalar = value.ToScalar();
        return a.ne(scalar);
    }

    /// <summary>Where the tensor is at least a value.</summary>
    public static Tensor IsAtLeast(this Tensor a, double value)
    {
        using Scalar scalar = value.ToScalar();
        return a.ge(scalar);
    }

    /// <summary>
    /// What is left of each element when a divisor is taken off as often as it fits in: 0 to the divisor, but for rounding. libtorch's own
    /// remainder takes each element by itself, many times as long.
    /// </summary>
    public static Tensor Modulo(this Tensor a, double divisor) => a.sub(a.Times(1 / divisor).floor().TimesInPlace(divisor));

    /// <summary><c>a^exponent</c>.</summary>
    public static Tensor ToThePower(this Tensor a, double exponent)
    {
        using Scalar scalar = exponent.ToScalar();
        return a.pow(scalar);
    }

    /// <summary>The smaller of each element and a limit.</summary>
    public static Tensor AtMost(this Tensor a, double limit)
    {
        using Scalar scalar = limit.ToScalar();
        return a.clamp_max(scalar);
    }

    /// <summary>The larger of each element and a limit.</summary>
    public static Tensor AtLeast(this Tensor a, double limit)
    {
        using Scalar scalar = limit.ToScalar();
        return a.clamp_min(scalar);
    }

    /// <summary>Sets every element.</summary>
    public static Tensor Fill(this Tensor a, double value)
    {
        using Scalar scalar = value.ToScalar();
        return a.fill_(scalar);
    }
}
