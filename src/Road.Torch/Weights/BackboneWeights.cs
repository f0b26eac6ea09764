using System.Diagnostics.CodeAnalysis;
using Road.Torch.Networks;

namespace Road.Torch.Weights;

/// <summary>
/// Pretrained weights of a backbone: a safetensors file with the backbone's parameter names. A path converts to it.
/// The weights bring their own input normalisation, in the file's metadata.
/// </summary>
public sealed class BackboneWeights
{
    // The ImageNet classifiers of VGG and SqueezeNet, and of ResNet, as torchvision names them.
    private static readonly string[] Classifiers = ["classifier.", "fc."];

    private BackboneWeights(string path)
    {
        Path = path;
    }

    /// <summary>The file's path, as given.</summary>
    public string Path { get; }

    /// <summary>Names the file to load; it is opened when it is needed.</summary>
    /// <param name="path">The path of a safetensors file; null, for no weights, stays null.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator BackboneWeights?(string? path) => path is null ? null : FromFile(path);

    /// <summary>Names the file to load; it is opened when it is needed.</summary>
    /// <param name="path">The path of a safetensors file.</param>
    /// <returns>The weights.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static BackboneWeights FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new BackboneWeights(path);
    }

    /// <summary>
    /// Fills a backbone; the file must hold every parameter and buffer of it, and nothing else but a classifier
    /// (<c>classifier.*</c>, <c>fc.*</c>).
    /// </summary>
    /// <param name="backbone">The backbone to fill, on any device.</param>
    /// <param name="normalization">The input that the weights expect: what the file states, else ImageNet's.</param>
    /// <returns>What became of each tensor.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or states its normalisation in part or wrongly.</exception>
    /// <exception cref="WeightsMismatchException">The weights are of another network; the backbone is unchanged.</exception>
    public WeightsReport LoadInto(Backbone backbone, out InputNormalization normalization)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (!File.Exists(Path))
        {
            throw new FileNotFoundException($"There is no file of backbone weights at '{Path}'.", Path);
        }

        using SafetensorsFile file = SafetensorsFile.Open(Path);
        normalization = InputNormalization.FromMetadata(file.Metadata, Path);
        return WeightsLoader.Load(backbone, file, skippedPrefixes: Classifiers);
    }

    /// <inheritdoc cref="Path"/>
    public override string ToString() => Path;
}
