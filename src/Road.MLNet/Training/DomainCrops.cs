using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.Torch.Data;

namespace Road.MLNet.Data;

/// <summary>The crop streams of a training's two domains, read from views.</summary>
internal sealed class DomainCrops : IDisposable
{
    private readonly RoadTrainerOptions _options;
    private readonly SampleCache? _cache;
    private readonly int _seed;

    /// <summary>Opens the streams.</summary>
    /// <exception cref="InvalidOperationException">Target labels are asked for, and no row has any.</exception>
    public DomainCrops(IDataView source, IDataView target, RoadTrainerOptions options, int seed, IChannel channel)
    {
        _options = options;
        _cache = options.SampleCacheBytes > 0 ? new SampleCache(options.SampleCacheBytes) : null;
        _seed = seed;
        IReadOnlySet<UInt128>? labelled = FindLabelled(target, channel);
        Source = Open(
            Samples(source, options.SourceImageColumnName, options.SourceLabelColumnName, options.SourceImageSize),
            options.Crops.ForSource(),
            "source",
            0x5EED,
            options.Loading);
        try
        {
            if (!options.NeedsTarget && labelled is null)
            {
                return;
            }

            ISampleSource samples = Samples(
                target,
                options.TargetImageColumnName,
                labelled is null ? null : options.TargetLabelColumnName,
                options.TargetImageSize,
                labelsMayBeMissing: true);
            CropStreamOptions loading = options.Loading.WithoutRareClasses();
            Target = options.NeedsTarget ? Open(samples, options.Crops.ForTarget(), "target", 0x7A26E7, loading) : null;
            LabelledTarget = labelled is null ? null : Open(
                new LabelledRows(samples, labelled), options.Crops.ForTarget(), "labelled target", 0x1ABE1, loading);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Labelled crops.</summary>
    public CropStream Source { get; }

    /// <summary>Crops of the target domain; null where training does not adapt to it.</summary>
    public CropStream? Target { get; }

    /// <summary>Crops of those rows of the target domain that have labels; null where they are not asked for.</summary>
    public CropStream? LabelledTarget { get; }

    /// <summary>Warns of samples that were left out.</summary>
    public void ReportSkipped(IChannel channel)
    {
        Report(Source, "source");
        Report(Target, "target");
        Report(LabelledTarget, "labelled target");

        void Report(CropStream? stream, string domain)
        {
            if (stream is { Skipped.Count: > 0 })
            {
                channel.Warning(MessageSensitivity.UserData, $"The training left out some of the {domain} data. {stream.Skipped}");
            }
        }
    }

    /// <summary>Stops the workers.</summary>
    public void Dispose()
    {
        Source.Dispose();
        Target?.Dispose();
        LabelledTarget?.Dispose();
    }

    private HashSet<UInt128>? FindLabelled(IDataView target, IChannel channel)
    {
        if (_options.TargetLabelColumnName is not { } column || _options.TargetLabelWeight == 0)
        {
            return null;
        }

        HashSet<UInt128> rows = LabelledRows.Find(target, column, _options.CancellationToken);
        if (rows.Count == 0)
        {
            throw new InvalidOperationException(
                $"No row of the target data has a label in the column '{column}', which {nameof(_options.TargetLabelColumnName)} names: "
                + $"all are empty. Give at least one, or set {nameof(_options.TargetLabelColumnName)} to null.");
        }

        int crops = _options.TargetLabelCrops ?? _options.BatchSize;
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Count} target {(rows.Count == 1 ? "image has a label mask" : "images have label masks")}: a step sees "
            + $"{crops} {(crops == 1 ? "crop" : "crops")} of them."));
        return rows;
    }

    private ISampleSource Samples(IDataView view, string image, string? label, ImageSize? size, bool labelsMayBeMissing = false)
    {
        ViewSampleSource samples = new(view, image, label, size)
        {
            SamplesAreKept = _cache is not null,
            MaxPixels = _options.MaxPixels,
            Orientation = _options.ImageOrientation,
            Fit = _options.ImageFit,
            LabelsMayBeMissing = labelsMayBeMissing,
        };
        return _cache is null ? samples : new CachedSampleSource(samples, _cache);
    }

    private CropStream Open(
        ISampleSource samples, CropAugmentation augmentation, string domain, int salt, CropStreamOptions loading) => new(
        samples, augmentation, domain, _seed ^ salt, loading, _options.CancellationToken);
}
