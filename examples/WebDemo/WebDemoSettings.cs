using WebDemo.Serving;

namespace WebDemo;

/// <summary>What the command line says.</summary>
internal sealed record WebDemoSettings
{
    public required string Urls { get; init; }

    /// <summary>The model's file; null for the demonstration's own.</summary>
    public required string? Model { get; init; }

    /// <summary>The folder of pictures to try; null for drawn scenes.</summary>
    public required string? Samples { get; init; }

    /// <summary>Where the demonstration's own model is kept.</summary>
    public required string Out { get; init; }

    /// <summary>The training steps of the demonstration's own model.</summary>
    public required int Iterations { get; init; }

    /// <summary>The GPU that the network runs on; null for the processor.</summary>
    public required int? Gpu { get; init; }

    public required ServingOptions Serving { get; init; }
}
