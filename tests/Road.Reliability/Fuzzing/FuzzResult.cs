namespace Road.Reliability.Fuzzing;

/// <summary>What became of the file of one mutation.</summary>
/// <param name="Mutation">The mutation's number, from which the file can be made again.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">The error, or what is wrong.</param>
internal sealed record FuzzResult(int Mutation, FuzzOutcome Outcome, string Detail)
{
    /// <summary>The result as a line of text.</summary>
    public string Write() => $"{Mutation}\t{Outcome}\t{Detail.ReplaceLineEndings(" ").Replace('\t', ' ')}";

    /// <summary>Reads a result from its line.</summary>
    public static FuzzResult Read(string line)
    {
        string[] parts = line.Split('\t', 3);
        return new FuzzResult(
            int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), Enum.Parse<FuzzOutcome>(parts[1]), parts[2]);
    }
}
