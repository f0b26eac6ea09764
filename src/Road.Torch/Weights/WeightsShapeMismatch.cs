namespace Road.Torch.Weights;

/// <summary>A tensor whose shape in the file is not the one that the module needs.</summary>
/// <param name="Name">The tensor's name in the module.</param>
/// <param name="FileShape">The extent of each dimension in the file.</param>
/// <param name="ModuleShape">The extent of each dimension in the module.</param>
public sealed record WeightsShapeMismatch(string Name, IReadOnlyList<long> FileShape, IReadOnlyList<long> ModuleShape)
{
    /// <summary>The name and both shapes, for messages.</summary>
    public override string ToString() =>
        $"{Name} ([{string.Join(", ", FileShape)}] in the file, [{string.Join(", ", ModuleShape)}] in the module)";
}
