using System.CommandLine;
using System.CommandLine.Parsing;

namespace Streets;

/// <summary>The options by which several processes, on one machine or many, take a share each of one list of images.</summary>
internal sealed class ShardOptions
{
    private readonly Option<Shard?> _shard = new("--shard")
    {
        HelpName = "I/N|auto|auto/N",
        CustomParser = static argument =>
        {
            string text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
            Shard? shard = Shard.Read(text, Environment.GetEnvironmentVariable, out string error);
            if (shard is null)
            {
                argument.AddError($"--shard: {error}");
            }

            return shard;
        },
    };

    /// <param name="command">What gets the option.</param>
    /// <param name="description">What becomes of a share.</param>
    public ShardOptions(Command command, string description)
    {
        _shard.Description = $"{description} Shares are 0/N to N-1/N; auto takes them from the variables of Slurm, Kubernetes (auto/N), "
            + "torchrun or Open MPI.";
        command.Options.Add(_shard);
    }

    /// <summary>The option.</summary>
    public Option Option => _shard;

    /// <summary>Whether a share is given.</summary>
    public bool IsGiven(CommandResult result) => result.GetResult(_shard) is { Implicit: false };

    /// <summary>The share; null for all.</summary>
    public Shard? Read(ParseResult result) => result.GetValue(_shard);
}
