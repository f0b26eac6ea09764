using System.Globalization;
using Prometheus;
using WebDemo.Segmentation;

namespace WebDemo.Serving;

/// <summary>What is counted, as OpenMetrics.</summary>
internal sealed class ServerMetrics
{
    public const string ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly Counter _requests;
    private readonly Histogram _durations;
    private readonly Histogram _phases;
    private readonly Counter _pixels;

    public ServerMetrics(Admission admission)
    {
        MetricFactory factory = Metrics.WithCustomRegistry(_registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        _requests = factory.CreateCounter("road_requests_total", "Requests that were answered.", "route", "code");
        _durations = factory.CreateHistogram(
            "road_request_duration_seconds",
            "Time from a request to its answer.",
            ["route"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.005, 2, 14) });
        _phases = factory.CreateHistogram(
            "road_image_phase_seconds",
            "Time that a picture waited, was decoded, and was in the network.",
            ["phase"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 16) });
        _pixels = factory.CreateCounter("road_network_pixels_total", "Pixels that the network saw.");
        Gauge work = factory.CreateGauge("road_pictures_in_work", "Pictures that wait or are segmented.");
        Gauge resident = factory.CreateGauge("road_process_resident_bytes", "Memory of the process that is resident.");
        Gauge managed = factory.CreateGauge("road_managed_heap_bytes", "Memory of managed objects.");
        _registry.AddBeforeCollectCallback(() =>
        {
            work.Set(admission.Count);
            resident.Set(Environment.WorkingSet);
            managed.Set(GC.GetTotalMemory(forceFullCollection: false));
        });
    }

    /// <summary>Counts a request.</summary>
    public void Count(string route, int code, TimeSpan duration)
    {
        _requests.WithLabels(route, code.ToString(CultureInfo.InvariantCulture)).Inc();
        _durations.WithLabels(route).Observe(duration.TotalSeconds);
    }

    /// <summary>Counts a picture.</summary>
    public void Count(SegmentedPicture picture)
    {
        _phases.WithLabels("waiting").Observe(picture.Waiting.TotalSeconds);
        _phases.WithLabels("decoding").Observe(picture.Decoding.TotalSeconds);
        _phases.WithLabels("network").Observe(picture.Network.TotalSeconds);
        _pixels.Inc(picture.Pixels.Ids.Length);
    }

    public Task WriteAsync(Stream stream, CancellationToken cancellation) =>
        _registry.CollectAndExportAsTextAsync(stream, ExpositionFormat.OpenMetricsText, cancellation);
}
