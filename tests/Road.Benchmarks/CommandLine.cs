using System.Globalization;

namespace Road.Benchmarks;

/// <summary>Options with a value each, then words.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _values = [];

    /// <summary>Reads arguments.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="usage">What is shown beside an error.</param>
    /// <param name="options">The options' names.</param>
    public CommandLine(string[] args, string usage, params string[] options)
    {
        List<string> words = [];
        Words = words;
        for (int i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(args[i]);
            }
            else if (!options.Contains(args[i]) || i + 1 == args.Length)
            {
                Error = $"error: {(options.Contains(args[i]) ? $"{args[i]} needs a value" : $"unknown option {args[i]}")}; usage: {usage}";
                return;
            }
            else
            {
                _values[args[i]] = args[++i];
            }
        }

        foreach ((string name, string value) in _values.Where(static pair => pair.Key is not ("--python" or "--json")))
        {
            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1)
            {
                Error = $"error: {name} must be a number from 1 on, not '{value}'.";
            }
        }
    }

    /// <summary>What is wrong, or null.</summary>
    public string? Error { get; }

    /// <summary>What is no option.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>An option's number.</summary>
    public int Number(string name, int fallback) =>
        _values.TryGetValue(name, out string? value) ? int.Parse(value, CultureInfo.InvariantCulture) : fallback;

    /// <summary>An option's text, or null.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name);
}
