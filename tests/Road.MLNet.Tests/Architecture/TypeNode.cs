namespace Road.MLNet.Tests.Architecture;

/// <summary>A type that is not nested, with what is in it counted as its own.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Folder">The folder of its source, project first, such as <c>Road.Torch/Networks</c>.</param>
/// <param name="Needs">The full names of the other types that it names.</param>
internal sealed record TypeNode(string Name, string Folder, IReadOnlySet<string> Needs);
