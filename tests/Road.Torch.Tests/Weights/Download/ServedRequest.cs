namespace Road.Torch.Tests.Weights.Download;

/// <summary>What a client asked for.</summary>
/// <param name="Number">How many requests came before it.</param>
/// <param name="Path">The path of the address.</param>
/// <param name="Headers">The headers by name, in any case.</param>
internal sealed record ServedRequest(int Number, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public string? Range => Headers.GetValueOrDefault("Range");

    public string? IfRange => Headers.GetValueOrDefault("If-Range");
}
