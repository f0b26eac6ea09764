using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.Torch.Data;

namespace Road.MLNet.Data;

/// <summary>The crop streams of a training's two domains, read from views.</summary>
internal sealed class DomainCrops : IDisposable
{
    public DomainCrops(IDataView source, IDataView target, RoadTrainerOptions options, int seed)
    {
        SampleCache? cache = options.SampleCacheBytes > 0 ? new SampleCache(options.SampleCacheBytes) : null;
        Source = Open(
            new ViewSampleSource(source, options.SourceImageColumnName, options.SourceLabelColumnName, options.SourceImageSize)
            {
                SamplesAreKept = cache is not null,
                MaxPixels = options.MaxPixels,
                Orientation = options.ImageOrientation,
                Fit = options.ImageFit,
            },
            options.Crops.ForSource(),
            "source",
            seed ^ 0x5EED);
        try
        {
            Target = !options.NeedsTarget ? null : Open(
                new ViewSampleSource(target, options.TargetImageColumnName, null, options.TargetImageSize)
                {
                    SamplesAreKept = cache is not null,
                    MaxPixels = options.MaxPixels,
                    Orientation = options.ImageOrientation,
                    Fit = options.ImageFit,
                },
                options.Crops.ForTarget(),
                "target",
                seed ^ 0x7A26E7);
        }
        catch
        {
            Source.Dispose();
            throw;
        }

        CropStream Open(ISampleSource samples, CropAugmentation augmentation, string domain, int domainSeed) => new(
            cache is null ? samples : new CachedSampleSource(samples, cache),
            augmentation,
            domain,
            domainSeed,
            options.Loading,
            options.CancellationToken);
    }

    /// <summary>Labelled crops.</summary>
    public CropStream Source { get; }

    /// <summary>Crops of the target domain; null where training does not adapt to it.</summary>
    public CropStream? Target { get; }

    /// <summary>Warns of samples that were left out.</summary>
    public void ReportSkipped(IChannel channel)
    {
        Report(Source, "source");
        Report(Target, "target");

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
    }
}
