using System.Globalization;
using System.Security.Cryptography;
using Road.MLNet.Scoring;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;

namespace Road.MLNet;

/// <summary>What a checkpoint says of a trainer's training beside the options that every training has.</summary>
internal static class TrainerFacts
{
    /// <summary>Names columns and sizes of the input, network, classes and pretrained weights.</summary>
    /// <param name="options">The trainer's options.</param>
    /// <param name="network">The network before its first step, on the CPU.</param>
    /// <param name="pretrained">The backbone with its pretrained weights, on the CPU; null where there are none.</param>
    /// <param name="classNames">The classes.</param>
    /// <param name="sources">The source domains.</param>
    /// <exception cref="InvalidOperationException">The network's factory has properties that cannot be stored.</exception>
    public static IReadOnlyDictionary<string, string> Of(
        RoadTrainerOptions options,
        SegmentationNetwork network,
        Backbone? pretrained,
        string[] classNames,
        IReadOnlyList<WeightedSource> sources)
    {
        Dictionary<string, string> facts = new()
        {
            [nameof(options.Network)] = NetworkFactoryJson.Describe(options.Network),
            [nameof(options.BackboneWeights)] = pretrained is null ? "null" : $"SHA-256 {Digest(pretrained)}",
            ["ClassNames"] = string.Join(", ", classNames),
            [nameof(options.SourceImageColumnName)] = options.SourceImageColumnName,
            [nameof(options.SourceLabelColumnName)] = options.SourceLabelColumnName,
            [nameof(options.SourceImageSize)] = CheckpointFacts.Describe(options.SourceImageSize),
            [nameof(options.TargetImageSize)] = CheckpointFacts.Describe(options.TargetImageSize),
        };
        if (sources.Count > 1 || sources[0].ImageSize is not null)
        {
            facts["Sources"] = string.Join(", ", sources.Select(static source => string.Create(
                CultureInfo.InvariantCulture,
                $"{source.Weight}{(source.ImageSize is { } size ? $" at {size.Width}x{size.Height}" : string.Empty)}")));
        }

        if (options.InitialModel is not null)
        {
            facts[nameof(options.InitialModel)] = $"SHA-256 {Digest(network)}";
        }

        if (options.ImageOrientation != ImageOrientation.Upright)
        {
            facts[nameof(options.ImageOrientation)] = CheckpointFacts.Describe(options.ImageOrientation);
        }

        // Checkpoints of before there was a choice, all stretched, lack the name.
        bool isScaled = options.SourceImageSize is not null || options.TargetImageSize is not null
            || sources.Any(static source => source.ImageSize is not null);
        if (options.ImageFit != ImageFit.Stretch && isScaled)
        {
            facts[nameof(options.ImageFit)] = CheckpointFacts.Describe(options.ImageFit);
        }

        if (options.NeedsTarget || options.TargetLabelColumnName is not null)
        {
            facts[nameof(options.TargetImageColumnName)] = options.TargetImageColumnName;
        }

        if (options.TargetLabelColumnName is { } label)
        {
            facts[nameof(options.TargetLabelColumnName)] = label;
        }

        return facts;
    }

    /// <summary>What observers are told where there is no checkpoint to compare: it costs nothing, and takes any network.</summary>
    /// <param name="options">The trainer's options.</param>
    /// <param name="weights">The pretrained weights that it begins with; null for none.</param>
    /// <param name="classNames">The classes.</param>
    public static IReadOnlyDictionary<string, string> Shortly(RoadTrainerOptions options, BackboneWeights? weights, string[] classNames)
    {
        Dictionary<string, string> facts = new()
        {
            [nameof(options.Network)] = options.Network.Name,
            [nameof(options.BackboneWeights)] = weights?.ToString() ?? "null",
            ["ClassNames"] = string.Join(", ", classNames),
            [nameof(options.SourceImageSize)] = CheckpointFacts.Describe(options.SourceImageSize),
            [nameof(options.TargetImageSize)] = CheckpointFacts.Describe(options.TargetImageSize),
        };
        if (options.InitialModel is { } initial)
        {
            facts[nameof(options.InitialModel)] = initial.ToString();
        }

        return facts;
    }

    /// <summary>The fingerprint of weights: a file may be moved, but not changed.</summary>
    private static string Digest(torch.nn.Module module)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using DisposeScope scope = torch.NewDisposeScope();
        foreach ((string name, torch.Tensor tensor) in module.state_dict())
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
