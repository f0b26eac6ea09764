using System.Globalization;
using System.Numerics;

namespace Road.Examples;

/// <summary>
/// Reads the numbers that users write, one way for all of them and whatever the culture: digits, a sign, a point, an exponent. Nothing
/// groups digits and nothing stands around them, so that no number is taken for another.
/// </summary>
internal static class NumberText
{
    private const NumberStyles DecimalStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Reads a number: a whole one where the type has no others.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="value">The number.</param>
    /// <param name="error">What is wrong with it, and what to write instead where that can be told; empty where nothing is.</param>
    public static bool TryRead<T>(string text, out T value, out string error)
        where T : INumber<T>, IMinMaxValue<T>
    {
        if (TryParse(text, out value))
        {
            error = string.Empty;
            return true;
        }

        bool isWhole = IsWhole<T>();
        string kind = isWhole ? "a whole number" : "a number";
        string[] instead = [.. Readings(text, isWhole).Where(static reading => TryParse(reading, out T _)).Distinct()];
        error = instead.Length > 0 ? $"'{text}' is not {kind}: write {string.Join(" or ", instead)}"
            : IsTooLarge(text, isWhole)
                ? string.Create(CultureInfo.InvariantCulture, $"'{text}' is out of range: it must be {T.MinValue} to {T.MaxValue}")
            : $"'{text}' is not {kind}";
        return false;
    }

    /// <summary>Reads a whole number of digits alone, such as each of the two of a size.</summary>
    public static bool TryReadDigits(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool TryParse<T>(string text, out T value)
        where T : INumber<T>
    {
        NumberStyles style = IsWhole<T>() ? NumberStyles.AllowLeadingSign : DecimalStyle;
        return T.TryParse(text, style, CultureInfo.InvariantCulture, out value!) && T.IsFinite(value);
    }

    private static bool IsWhole<T>()
        where T : INumber<T> => T.CreateTruncating(0.5) == T.Zero;

    private static bool IsTooLarge(string text, bool isWhole) => isWhole
        ? BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        : text.Any(char.IsAsciiDigit) && double.TryParse(text, DecimalStyle, CultureInfo.InvariantCulture, out _);

    /// <summary>What a text may mean in a language whose numbers have other separators.</summary>
    private static IEnumerable<string> Readings(string text, bool isWhole)
    {
        IEnumerable<char> letters = text.Where(static letter => !char.IsWhiteSpace(letter) && letter is not ('\'' or '’' or '_'));
        string bare = string.Concat(letters).Replace('−', '-');
        int comma = bare.LastIndexOf(',');
        int point = bare.LastIndexOf('.');
        if (comma >= 0 && point >= 0)
        {
            yield return comma > point
                ? bare.Replace(".", string.Empty, StringComparison.Ordinal).Replace(',', '.')
                : bare.Replace(",", string.Empty, StringComparison.Ordinal);
            yield break;
        }

        if (!isWhole || (comma < 0 && point < 0))
        {
            yield return bare.Replace(',', '.');
        }

        // 1,000 is a thousand for some and one for others; 0,001 can only be small.
        char separator = comma >= 0 ? ',' : '.';
        string[] groups = bare.TrimStart('+', '-').Split(separator);
        bool startsRight = groups.Length > 1 && groups[0].Length is >= 1 and <= 3 && groups[0][0] != '0';
        if (startsRight && groups[1..].All(static group => group.Length == 3))
        {
            yield return bare.Replace(separator.ToString(), string.Empty, StringComparison.Ordinal);
        }
    }
}
