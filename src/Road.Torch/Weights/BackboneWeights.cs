using System.Diagnostics.CodeAnalysis;
using Road.Torch.Networks;

namespace Road.Torch.Weights;

/// <summary>
/// Pretrained weights of a backbone: a file of any format that <see cref="WeightsFile"/> reads, with the names of
/// torchvision, of timm or of the backbone itself. A path converts to it. The weights bring their own input
/// normalisation: what a safetensors file's metadata states, else torchvision's.
/// </summary>
public sealed class BackboneWeights
{
    // The classifiers of torchvision's VGG and SqueezeNet, of its ResNet, of timm's networks, and of torchvision's
    // segmentation networks.
    private static readonly string[] Classifiers = ["classifier.", "fc.", "head.", "pre_logits.", "aux_classifier."];

    private BackboneWeights(string path)
    {
        Path = path;
    }

    /// <summary>The file's path, as given.</summary>
    public string Path { get; }

    /// <summary>Names the file to load; it is opened when it is needed.</summary>
    /// <param name="path">The path of a weights file; null, for no weights, stays null.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator BackboneWeights?(string? path) => path is null ? null : FromFile(path);

    /// <summary>Names the file to load; it is opened when it is needed.</summary>
    /// <param name="path">The path of a weights file.</param>
    /// <returns>The weights.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static BackboneWeights FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new BackboneWeights(path);
    }

    /// <summary>
    /// Fills a backbone; the file must hold every parameter and buffer of it, and nothing else but a classifier
    /// (<c>classifier.*</c>, <c>fc.*</c>, <c>head.*</c>, <c>pre_logits.*</c>, <c>aux_classifier.*</c>), which is skipped. A
    /// <c>module.</c> or <c>backbone.</c> before the names is taken off.
    /// </summary>
    /// <param name="backbone">The backbone to fill, on any device.</param>
    /// <param name="normalization">The input that the weights expect: what the file states, else ImageNet's.</param>
    /// <returns>What became of each tensor.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, of an unknown format or refused, or states its normalisation in part or wrongly; the message
    /// names the file and the cause.
    /// </exception>
    /// <exception cref="WeightsMismatchException">The weights are of another network; the backbone is unchanged.</exception>
    public WeightsReport LoadInto(Backbone backbone, out InputNormalization normalization)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (!File.Exists(Path))
        {
            throw new FileNotFoundException($"There is no file of backbone weights at '{Path}'.", Path);
        }

        using WeightsFile file = WeightsFile.Open(Path);
        normalization = InputNormalization.FromMetadata(file.Metadata, Path);
        WeightsNames names = new(backbone.state_dict().Keys, file);
        return WeightsLoader.Load(backbone, file, skippedPrefixes: Classifiers, rename: names.Translate);
    }

    /// <inheritdoc cref="Path"/>
    public override string ToString() => Path;
}
