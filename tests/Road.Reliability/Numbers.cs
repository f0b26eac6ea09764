using System.CommandLine;

namespace Road.Reliability;

/// <summary>Makes options that are numbers.</summary>
internal static class Numbers
{
    /// <summary>A number of 1 or more, with a default.</summary>
    public static Option<int> Option(string name, string description, int value)
    {
        Option<int> option = new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be 1 or more.");
            }
        });
        return option;
    }
}
