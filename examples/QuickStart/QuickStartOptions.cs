namespace QuickStart;

/// <summary>What the command line can change.</summary>
internal sealed record QuickStartOptions
{
    // One of those whose network goes wrong without adaptation; the README says how others come out.
    public const int DefaultSeed = 2;
    public const int DefaultIterations = 800;

    public required int Seed { get; init; }

    /// <summary>Training steps of each of the two trainings.</summary>
    public required int Iterations { get; init; }

    /// <summary>The folder that everything is written to.</summary>
    public required string Output { get; init; }

    /// <summary>Where to write a strip of example results, or null.</summary>
    public string? Picture { get; init; }
}
