using System.Globalization;
using System.Runtime.CompilerServices;

namespace Road.Torch;

/// <summary>Checks of option values that name the property, the value and the allowed range.</summary>
internal static class OptionGuard
{
    /// <summary>What an exception's data call the words behind the property's name.</summary>
    private const string Rule = "Road.Rule";

    public static int Between(int value, int lowest, int highest, [CallerMemberName] string property = "") =>
        value >= lowest && value <= highest ? value : throw OutOfRange(value, $"{lowest} to {highest}", property);

    public static long Between(long value, long lowest, long highest, [CallerMemberName] string property = "") =>
        value >= lowest && value <= highest ? value : throw OutOfRange(value, $"{lowest} to {highest}", property);

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
        Enum.IsDefined(value) ? value : throw OutOfRange(value, $"one of {string.Join(", ", Enum.GetNames<T>())}", property);

    public static int OutputStride(int value, [CallerMemberName] string property = "") =>
        value is 8 or 16 or 32 ? value : throw OutOfRange(value, "8, 16 or 32", property);

    public static T Valid<T>(T value, bool isValid, string range, [CallerMemberName] string property = "")
        where T : struct => isValid ? value : throw OutOfRange(value, range, property);

    public static string NotEmpty(string value, [CallerMemberName] string property = "") =>
        !string.IsNullOrWhiteSpace(value)
            ? value
            : throw Broken(new ArgumentException($"{property} must not be empty.", property), "must not be empty.");

    /// <summary>Sets an option of a group through a shortcut to it; where the value is refused, the error names the shortcut.</summary>
    /// <param name="value">The value.</param>
    /// <param name="set">Sets the group's option.</param>
    /// <param name="property">The shortcut.</param>
    public static void Through<T>(T value, Action<T> set, [CallerMemberName] string property = "")
    {
        try
        {
            set(value);
        }
        catch (ArgumentException error) when (error.Data[Rule] is string rule)
        {
            string message = $"{property} {rule}";
            throw error is ArgumentOutOfRangeException
                ? new ArgumentOutOfRangeException(property, value, message)
                : new ArgumentException(message, property);
        }
    }

    private static ArgumentOutOfRangeException OutOfRange(object value, string range, string property)
    {
        string rule = string.Create(CultureInfo.InvariantCulture, $"is {value}; it must be {range}.");
        return Broken(new ArgumentOutOfRangeException(property, value, $"{property} {rule}"), rule);
    }

    private static TError Broken<TError>(TError error, string rule)
        where TError : ArgumentException
    {
        error.Data[Rule] = rule;
        return error;
    }
}
