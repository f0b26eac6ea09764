namespace Road.Examples;

/// <summary>Says what is wrong with an option's value in the words of a command line.</summary>
internal static class OptionWords
{
    /// <summary>
    /// The message of an exception, with the option in the place of the property that refused its value, and without what .NET adds.
    /// </summary>
    /// <param name="option">The option's name, as it is typed.</param>
    /// <param name="error">What the property threw.</param>
    public static string Of(string option, ArgumentException error)
    {
        string message = Bare(error);
        if (string.IsNullOrEmpty(error.ParamName) || !message.StartsWith(error.ParamName, StringComparison.Ordinal))
        {
            return $"{option}: {message}";
        }

        // Of a size, the property is followed by the side.
        string[] parts = error.ParamName.Split('.', 2);
        return $"{option}{(parts.Length > 1 ? ": " + parts[1].ToLowerInvariant() : string.Empty)}{message[error.ParamName.Length..]}";
    }

    /// <summary>The message of an exception without the parameter's name and value, which .NET adds.</summary>
    public static string Bare(ArgumentException error)
    {
        int end = string.IsNullOrEmpty(error.ParamName)
            ? -1
            : error.Message.IndexOf($" (Parameter '{error.ParamName}')", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }
}
