using TorchSharp;

namespace Road.Torch.Networks;

/// <summary>A named run of layers of a backbone; stages are frozen whole, from the input on.</summary>
/// <param name="Name">The stage's name, such as <c>conv1</c> or <c>fire2</c>.</param>
/// <param name="Modules">The modules whose parameters belong to the stage; modules without parameters may be left out.</param>
public sealed record BackboneStage(string Name, IReadOnlyList<torch.nn.Module> Modules);
