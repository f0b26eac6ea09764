namespace Road.Torch.Weights.Download;

/// <summary>A set of published weights: one file for each backbone that they were trained with.</summary>
internal sealed class PublishedWeights(string name, IReadOnlyDictionary<string, PublishedFile> files, WeightsDownloadOptions options)
{
    // torchvision's files. Their names begin the checksums; the rest of each was taken from several independent records.
    private static readonly Dictionary<string, PublishedFile> ImageNetFiles = new(StringComparer.Ordinal)
    {
        ["resnet101"] = new("resnet101-63fe2227.pth", "63fe2227b86e8f1f2063f43a75c84d195911b6a0eace650907dd3dc62dd49a0a"),
        ["resnet18"] = new("resnet18-f37072fd.pth", "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec"),
        ["resnet50"] = new("resnet50-0676ba61.pth", "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a"),
        ["squeezenet1_1"] = new("squeezenet1_1-b8a52dc0.pth", "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b"),
        ["vgg16"] = new("vgg16-397923af.pth", "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0"),
    };

    /// <summary>The set's name.</summary>
    public string Name => name;

    /// <summary>The weights that torchvision publishes, trained on ImageNet-1K.</summary>
    public static PublishedWeights ImageNet(WeightsDownloadOptions options) => new("ImageNet", ImageNetFiles, options);

    /// <summary>Gives the path of a backbone's file, which is downloaded where it is not there.</summary>
    /// <exception cref="NotSupportedException">The set has no file for that backbone.</exception>
    /// <exception cref="WeightsDownloadException">The file is not there and cannot be downloaded.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public string Fetch(string backboneName, IProgress<WeightsDownloadProgress>? progress, CancellationToken cancellationToken) =>
        files.TryGetValue(backboneName, out PublishedFile? file)
            ? new WeightsCache(options, progress, TimeProvider.System).Get(file, cancellationToken)
            : throw new NotSupportedException(
                $"There are no published {name} weights of the backbone '{backboneName}', only of "
                + $"{string.Join(", ", files.Keys.Order(StringComparer.Ordinal))}: name a file of weights instead.");
}
