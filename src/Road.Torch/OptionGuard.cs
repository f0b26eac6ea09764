using System.Globalization;
using System.Runtime.CompilerServices;

namespace Road.Torch;

/// <summary>Checks of option values that name the property, the value and the allowed range.</summary>
internal static class OptionGuard
{
    public static int Between(int value, int lowest, int highest, [CallerMemberName] string property = "") =>
        value >= lowest && value <= highest
            ? value
            : throw new ArgumentOutOfRangeException(property, value, $"{property} is {value}; it must be {lowest} to {highest}.");

    public static long Between(long value, long lowest, long highest, [CallerMemberName] string property = "") =>
        value >= lowest && value <= highest
            ? value
            : throw new ArgumentOutOfRangeException(property, value, $"{property} is {value}; it must be {lowest} to {highest}.");

    public static double Between(double value, double lowest, double highest, [CallerMemberName] string property = "") =>
        value >= lowest && value <= highest
            ? value
            : throw OutOfRange(value, string.Create(CultureInfo.InvariantCulture, $"{lowest} to {highest}"), property);

    public static double Below(double value, double lowest, double limit, [CallerMemberName] string property = "") =>
        value >= lowest && value < limit
            ? value
            : throw OutOfRange(value, string.Create(CultureInfo.InvariantCulture, $"at least {lowest} and less than {limit}"), property);

    public static double PositiveUpTo(double value, double highest, [CallerMemberName] string property = "") =>
        value > 0 && value <= highest
            ? value
            : throw OutOfRange(value, string.Create(CultureInfo.InvariantCulture, $"greater than 0 and at most {highest}"), property);

    public static T Defined<T>(T value, [CallerMemberName] string property = "")
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                property, value, $"{property} is {value}; it must be one of {string.Join(", ", Enum.GetNames<T>())}.");

    public static int OutputStride(int value, [CallerMemberName] string property = "") =>
        value is 8 or 16 or 32
            ? value
            : throw new ArgumentOutOfRangeException(property, value, $"{property} is {value}; it must be 8, 16 or 32.");

    public static string NotEmpty(string value, [CallerMemberName] string property = "") =>
        !string.IsNullOrWhiteSpace(value)
            ? value
            : throw new ArgumentException($"{property} must not be empty.", property);

    private static ArgumentOutOfRangeException OutOfRange(double value, string range, string property) =>
        new(property, value, string.Create(CultureInfo.InvariantCulture, $"{property} is {value}; it must be {range}."));
}
