namespace Experiments.Definition;

/// <summary>An experiment as its files describe it.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Title">What reports call it.</param>
/// <param name="Note">What else reports say of it; null for nothing.</param>
/// <param name="Data">Its data.</param>
/// <param name="Network">Its network.</param>
/// <param name="Device"><c>cpu</c>, or <c>cuda:N</c>.</param>
/// <param name="Runs">Its runs, variant by variant.</param>
internal sealed record Experiment(
    string Name, string Title, string? Note, DataPiece Data, NetworkPiece Network, string Device, IReadOnlyList<RunPlan> Runs)
{
    /// <summary>The files that describe it.</summary>
    public required IReadOnlyList<string> Files { get; init; }
}
