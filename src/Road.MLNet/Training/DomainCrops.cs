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
    public DomainCrops(
        IReadOnlyList<WeightedSource> sources, IDataView target, RoadTrainerOptions options, int seed, IChannel channel)
    {
        _options = options;
        _cache = options.SampleCacheBytes > 0 ? new SampleCache(options.SampleCacheBytes) : null;
        _seed = seed;
        IReadOnlySet<UInt128>? labelled = FindLabelled(target, channel);
        Source = OpenSources(sources);
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

    private CropStream OpenSources(IReadOnlyList<WeightedSource> sources)
    {
        const int Salt = 0x5EED;
        if (sources.Count == 1)
        {
            return OpenSource(sources[0], "source", Salt, _options.Loading);
        }

        // Together they have the workers of one domain, since together they give its crops.
        double sum = sources.Sum(static source => source.Weight);
        List<WeightedCropStream> streams = [];
        try
        {
            foreach ((int index, WeightedSource source) in sources.Index())
            {
                CropStreamOptions loading = _options.Loading.Copy();
                loading.Workers = Math.Max(1, (int)Math.Round(loading.Workers * source.Weight / sum));
                string domain = string.Create(CultureInfo.InvariantCulture, $"source {index + 1}");
                streams.Add(new WeightedCropStream(OpenSource(source, domain, Salt + (index << 16), loading), source.Weight));
            }

            return CropStream.Mix(streams, "source", _seed ^ Salt);
        }
        catch
        {
            foreach (WeightedCropStream stream in streams)
            {
                stream.Stream.Dispose();
            }

            throw;
        }
    }

    private CropStream OpenSource(WeightedSource source, string domain, int salt, CropStreamOptions loading) => Open(
        Samples(
            source.View, _options.SourceImageColumnName, _options.SourceLabelColumnName, source.ImageSize ?? _options.SourceImageSize),
        _options.Crops.ForSource(),
        domain,
        salt,
        loading);

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
