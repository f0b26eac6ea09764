using Road.Torch.Data;
using Road.Torch.Weights;

namespace Road.Torch.Onnx;

/// <summary>What an exported graph does beside running the network, and what its file says of it.</summary>
public sealed class OnnxExportOptions
{
    /// <summary>The normalisation that the network's weights expect; <see cref="InputNormalization.ImageNet"/> by default.</summary>
    public InputNormalization Normalization
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = InputNormalization.ImageNet;

    /// <summary>The size that the graph scales images to for the network, each side 1 or more; null, the default, for their own.</summary>
    public ImageSize? NetworkSize
    {
        get;
        set => field = value is { Width: < 1 } or { Height: < 1 }
            ? throw new ArgumentOutOfRangeException(nameof(NetworkSize), value, $"NetworkSize is {value}; it must be 1 x 1 or more.")
            : value;
    }

    /// <summary>How the graph brings images to <see cref="NetworkSize"/>; by default they keep their aspect ratio.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public ImageFit ImageFit
    {
        get;
        set => field = OptionGuard.Defined(value);
    }

    /// <summary>
    /// The size of the one image that a run of the graph takes, each side 1 or more; null, the default, leaves number and size of images
    /// free in each run. Programs that want the shapes of a model before they run it, such as ML.NET, then need not be told.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public ImageSize? ImageSize
    {
        get;
        set => field = value is { Width: < 1 } or { Height: < 1 }
            ? throw new ArgumentOutOfRangeException(nameof(ImageSize), value, $"ImageSize is {value}; it must be 1 x 1 or more.")
            : value;
    }

    /// <summary>The classes' names, one a class, kept in the file's metadata; none by default.</summary>
    public IReadOnlyList<string> ClassNames
    {
        get;
        set => field = value is null ? throw new ArgumentNullException(nameof(ClassNames)) : [.. value];
    } = [];

    /// <summary>R, G, B of each class, kept in the file's metadata; none by default.</summary>
    public IReadOnlyList<byte> Palette
    {
        get;
        set => field = value is null ? throw new ArgumentNullException(nameof(Palette)) : [.. value];
    } = [];
}
