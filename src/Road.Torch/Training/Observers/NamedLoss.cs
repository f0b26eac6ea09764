namespace Road.Torch.Training;

/// <summary>A loss with its name in logs.</summary>
/// <param name="Name">The name, such as <c>L_da</c>.</param>
/// <param name="Value">The loss before its weight.</param>
public readonly record struct NamedLoss(string Name, double Value);
