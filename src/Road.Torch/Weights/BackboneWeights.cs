using System.Diagnostics.CodeAnalysis;
using Road.Torch.Networks;
using Road.Torch.Weights.Download;

namespace Road.Torch.Weights;

/// <summary>
/// Pretrained weights of a backbone: a file of any format that <see cref="WeightsFile"/> reads, with the names of
/// torchvision, of timm or of the backbone itself, or the published weights of the backbone that they are loaded into. A
/// path converts to it. The weights bring their own input normalisation: what the metadata of a safetensors file or an ONNX
/// model states, else torchvision's.
/// </summary>
public sealed class BackboneWeights
{
    // The classifiers of torchvision's VGG and SqueezeNet, of its ResNet, of timm's networks, and of torchvision's
    // segmentation networks; then AdaptSegNet's two, which stand beside the backbone's own layers.
    private static readonly string[] Classifiers = ["classifier.", "fc.", "head.", "pre_logits.", "aux_classifier.", "layer5.", "layer6."];

    // The file's path, or the name of the published set.
    private readonly string _name;

    // Finds the file of weights that are known by name; null for a path.
    private readonly FindFile? _find;

    private BackboneWeights(string name, FindFile? find)
    {
        _name = name;
        _find = find;
    }

    internal BackboneWeights(PublishedWeights published)
        : this(published.Name, published.Fetch)
    {
    }

    private delegate string FindFile(string backbone, IProgress<WeightsDownloadProgress>? progress, CancellationToken cancellationToken);

    /// <summary>
    /// The published ImageNet weights of whatever backbone they are loaded into: torchvision's files for VGG-16,
    /// ResNet-18, -50 and -101 and SqueezeNet 1.1. A file is downloaded when it is first needed, and kept; see
    /// <see cref="WeightsDownloadOptions"/> for where, and for the environment variables that say otherwise.
    /// </summary>
    public static BackboneWeights ImageNet { get; } = ImageNetWith(new WeightsDownloadOptions());

    /// <summary>
    /// The ImageNet weights of a ResNet-18 that the package Microsoft.ML.DnnImageFeaturizer.ResNet18 puts beside an application
    /// that references it: nothing is downloaded when they are loaded. They expect BGR of 0 to 255 less a mean, which comes
    /// with them. The network in the package is CNTK's, with a third block at its end, which is skipped.
    /// </summary>
    public static BackboneWeights DnnImageFeaturizer { get; } = new(
        "DnnImageFeaturizer", static (backbone, _, _) => DnnImageFeaturizerFile.Find(backbone, AppContext.BaseDirectory));

    /// <summary>
    /// The weights that are taken where none are named: those of the package that lie beside the application already, where the backbone
    /// is theirs; null where there are none, since a training downloads nothing that nobody asked for.
    /// </summary>
    /// <param name="backbone">The name of the backbone.</param>
    internal static BackboneWeights? FindBeside(string backbone) =>
        DnnImageFeaturizerFile.Fits(backbone, AppContext.BaseDirectory) ? DnnImageFeaturizer : null;

    /// <summary>
    /// The path of the file, as given; null for published and packaged weights, whose file depends on the backbone and may
    /// not be there yet.
    /// </summary>
    public string? Path => _find is null ? _name : null;

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
        return new BackboneWeights(path, find: null);
    }

    /// <summary><see cref="ImageNet"/>, from another place or into another folder.</summary>
    /// <param name="options">Where the files come from and where they are kept; they are read when the weights are loaded.</param>
    /// <returns>The weights.</returns>
    public static BackboneWeights ImageNetWith(WeightsDownloadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new BackboneWeights(PublishedWeights.ImageNet(options));
    }

    /// <summary>
    /// Fills a backbone; the file must hold every parameter and buffer of it, and nothing else but a classifier
    /// (<c>classifier.*</c>, <c>fc.*</c>, <c>head.*</c>, <c>pre_logits.*</c>, <c>aux_classifier.*</c>, AdaptSegNet's <c>layer5.*</c> and
    /// <c>layer6.*</c>), which is skipped. It may be the checkpoint of a whole segmenter: of mmsegmentation, segmentation_models.pytorch,
    /// torchvision, AdaptSegNet, or a Lightning module around one.
    /// </summary>
    /// <remarks>
    /// What such programs put before the names (<c>module.</c>, <c>model.</c>, <c>net.</c>, <c>network.</c>, <c>segmentor.</c>,
    /// <c>student.</c>, <c>base.</c>, <c>Scale.</c>, <c>backbone.</c>, <c>encoder.</c>, one after another) is taken off, and what lies
    /// beside the backbone, such as <c>decode_head.*</c>, is skipped; <see cref="WeightsReport.Skipped"/> names it. A file that has the
    /// backbone twice is refused. Few such files state the input that they expect: where it is not ImageNet's, as AdaptSegNet's, which
    /// takes BGR of 0 to 255 less a mean, save them as safetensors with the metadata that says so. A model that Road exported says so
    /// itself.
    /// </remarks>
    /// <param name="backbone">The backbone to fill, on any device.</param>
    /// <param name="normalization">The input that the weights expect: what the file states, else ImageNet's.</param>
    /// <param name="progress">Is told how a download goes, if there is one, from another thread.</param>
    /// <param name="cancellationToken">Ends a download; what has come is kept for the next one.</param>
    /// <returns>What became of each tensor.</returns>
    /// <exception cref="FileNotFoundException">
    /// There is no such file; for <see cref="DnnImageFeaturizer"/> the message says which package to reference.
    /// </exception>
    /// <exception cref="WeightsDownloadException">
    /// Published weights are not there and cannot be downloaded; the message says what to do by hand.
    /// </exception>
    /// <exception cref="NotSupportedException">There are no published or packaged weights of this backbone.</exception>
    /// <exception cref="InvalidOperationException">
    /// An environment variable of <see cref="WeightsDownloadOptions"/> makes no sense.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled during a download.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, of an unknown format or refused, holds a number that is not finite, or states its normalisation in part or
    /// wrongly; the message names the file and the cause.
    /// </exception>
    /// <exception cref="WeightsMismatchException">The weights are of another network; the backbone is unchanged.</exception>
    public WeightsReport LoadInto(
        Backbone backbone,
        out InputNormalization normalization,
        IProgress<WeightsDownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        string path = _find?.Invoke(backbone.GetName(), progress, cancellationToken) ?? _name;
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file of backbone weights at '{path}'.", path);
        }

        using WeightsFile file = WeightsFile.Open(path);
        if (CntkResNet18.Is(file))
        {
            normalization = CntkResNet18.Normalization;
            return WeightsLoader.Load(backbone, file, skippedPrefixes: [CntkResNet18.ThirdBlock], rename: CntkResNet18.Translate);
        }

        normalization = InputNormalization.FromMetadata(InputMetadata.OfNetwork(file.Metadata), path);
        WeightsNames names = new(backbone.state_dict().Keys, file);
        return WeightsLoader.Load(backbone, file, Classifiers, names);
    }

    /// <summary>The file's path, or the name of the published weights.</summary>
    public override string ToString() => _name;
}
