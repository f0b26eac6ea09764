using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;
using Road.Torch.Weights;

namespace Road.MLNet.Scoring;

/// <summary>A trained network with everything that scoring and saving need.</summary>
internal sealed class RoadModel
{
    /// <summary>Puts a model together and checks that its parts fit.</summary>
    /// <param name="factory">What created <paramref name="network"/>.</param>
    /// <param name="network">The trained network; whoever takes the model over disposes it.</param>
    /// <param name="classNames">K names.</param>
    /// <param name="palette">R, G, B of each class: 3 x K bytes.</param>
    /// <param name="normalization">The input normalisation that the weights expect.</param>
    /// <param name="networkSize">The size that images are scaled to for the network; null for their own.</param>
    /// <param name="columns">The columns' names.</param>
    /// <param name="scoring">How it scores; null for the defaults.</param>
    /// <param name="orientation">Whether images are turned as their files' metadata says.</param>
    /// <param name="fit">How images are brought to <paramref name="networkSize"/>.</param>
    /// <exception cref="ArgumentException">The parts do not fit together.</exception>
    public RoadModel(
        SegmentationNetworkFactory factory,
        SegmentationNetwork network,
        IReadOnlyList<string> classNames,
        IReadOnlyList<byte> palette,
        InputNormalization normalization,
        ImageSize? networkSize,
        RoadColumns columns,
        ScoringOptions? scoring = null,
        ImageOrientation orientation = ImageOrientation.Upright,
        ImageFit fit = ImageFit.KeepAspectRatio)
    {
        if (classNames.Count != network.ClassCount)
        {
            throw new ArgumentException(
                $"There are {classNames.Count} class names for a network of {network.ClassCount} classes.", nameof(classNames));
        }

        if (palette.Count != 3 * classNames.Count)
        {
            throw new ArgumentException(
                $"The palette has {palette.Count} bytes; {classNames.Count} classes need {3 * classNames.Count}.", nameof(palette));
        }

        if (networkSize is { } size && (size.Width < 1 || size.Height < 1))
        {
            throw new ArgumentException($"The network's input size must be 1 x 1 or more, not {size}.", nameof(networkSize));
        }

        Factory = factory;
        Network = network;
        ClassNames = [.. classNames];
        Palette = [.. palette];
        Normalization = normalization;
        NetworkSize = networkSize;
        Columns = columns;
        Scoring = scoring ?? new ScoringOptions();
        Orientation = orientation;
        ImageFit = fit;
    }

    /// <summary>What created the network, and creates it again on loading.</summary>
    public SegmentationNetworkFactory Factory { get; }

    /// <summary>The trained network.</summary>
    public SegmentationNetwork Network { get; }

    /// <summary>The classes' names.</summary>
    public string[] ClassNames { get; }

    /// <summary>R, G, B of each class.</summary>
    public byte[] Palette { get; }

    /// <summary>The input normalisation that the weights expect.</summary>
    public InputNormalization Normalization { get; }

    /// <summary>The size that images are scaled to for the network; null for their own.</summary>
    public ImageSize? NetworkSize { get; }

    /// <summary>How images are brought to <see cref="NetworkSize"/>.</summary>
    public ImageFit ImageFit { get; }

    /// <summary>The columns' names.</summary>
    public RoadColumns Columns { get; }

    /// <summary>How the network scores until it is told otherwise.</summary>
    public ScoringOptions Scoring { get; }

    /// <summary>Whether images are turned as their files' metadata says, until it is told otherwise.</summary>
    public ImageOrientation Orientation { get; }
}
