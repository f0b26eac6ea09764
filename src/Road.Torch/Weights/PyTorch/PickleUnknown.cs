namespace Road.Torch.Weights.PyTorch;

/// <summary>A plain value that no state dictionary's tensors need, such as a long text: it was read over, not kept.</summary>
internal sealed class PickleUnknown
{
    private PickleUnknown()
    {
    }

    /// <summary>The only instance.</summary>
    public static PickleUnknown Instance { get; } = new();
}
