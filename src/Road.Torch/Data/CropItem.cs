using System.Runtime.ExceptionServices;

namespace Road.Torch.Data;

/// <summary>What became of a sample: its crops, the fault it is skipped for, or the error that ends the stream.</summary>
internal sealed record CropItem(Crop[] Crops)
{
    /// <summary>The sample's place in the stream; an error comes whatever its place.</summary>
    public long Place { get; init; } = long.MaxValue;

    public long Pass { get; init; }

    public UInt128 Id { get; init; }

    /// <summary>The places of the crops among those that were drawn together; empty where nothing was drawn.</summary>
    public int[] Slots { get; init; } = [];

    public string? Fault { get; init; }

    public ExceptionDispatchInfo? Error { get; init; }
}
