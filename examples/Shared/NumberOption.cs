using System.CommandLine;
using System.CommandLine.Parsing;
using System.Numerics;

namespace Road.Examples;

/// <summary>Makes options that are numbers.</summary>
internal static class NumberOption
{
    /// <summary>
    /// An option with a default; the check, if any, throws an <see cref="ArgumentOutOfRangeException"/> for what is outside the range.
    /// </summary>
    public static Option<T> Create<T>(string name, string description, T value, string helpName = "N", Action<T>? check = null)
        where T : struct, INumber<T>, IMinMaxValue<T> => new(name)
        {
            Description = description,
            HelpName = helpName,
            DefaultValueFactory = _ => value,
            CustomParser = argument => Parse(name, argument, check) ?? value,
        };

    /// <summary>An option that may be left out, and then has no value; the check, if any, is as above.</summary>
    public static Option<T?> CreateAbsent<T>(string name, string description, string helpName = "N", Action<T>? check = null)
        where T : struct, INumber<T>, IMinMaxValue<T> => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = argument => Parse(name, argument, check),
        };

    private static T? Parse<T>(string name, ArgumentResult argument, Action<T>? check)
        where T : struct, INumber<T>, IMinMaxValue<T>
    {
        string text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
        if (!NumberText.TryRead(text, out T value, out string error))
        {
            argument.AddError($"{name}: {error}");
            return null;
        }

        try
        {
            check?.Invoke(value);
        }
        catch (ArgumentOutOfRangeException outside)
        {
            argument.AddError(OptionWords.Of(name, outside));
        }

        return value;
    }
}
