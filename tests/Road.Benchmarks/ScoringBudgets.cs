using System.Globalization;
using Road.Torch;

namespace Road.Benchmarks;

/// <summary>The budgets of scoring: time, latency and memory.</summary>
internal static class ScoringBudgets
{
    private const string Large = "deeplab-vgg16";
    private const string Small = "deeplab-squeezenet1_1";
    private const int TileSize = 256;

    /// <summary>The budgets.</summary>
    public static IEnumerable<Budget> All =>
    [
        new("scoring a set over decode and bare forward, deeplab-squeezenet1_1, 256 x 192", 1.10, settings => Set(
            Small, 24, 256, 192, settings)),
        new("scoring a set over decode and bare forward, deeplab-vgg16, 512 x 256", 1.10, settings => Set(Large, 4, 512, 256, settings)),
        new("PredictionEngine over bare forward, deeplab-squeezenet1_1, 512 x 256", 1.10, settings => Latency(Small, 512, 256, settings)),
        new("PredictionEngine over bare forward, deeplab-squeezenet1_1, 192 x 144", 1.10, settings => Latency(Small, 192, 144, settings)),
        new("resident memory, 500 steps over 50", 1.02, static _ => MemoryGrowth.OfSteps()),
        new("resident memory, 500 scored images over 50", 1.02, static _ => MemoryGrowth.OfScoring()),
        new("peak memory tiled over whole, deeplab-vgg16, 2048 x 1024", 0.50, static _ => Tiled().Peak),
        new("pixels on which tiles and the whole agree, deeplab-vgg16, 2048 x 1024", 0.999, static _ => Tiled().Agreement, IsFloor: true),
    ];

    private static double Set(string network, int count, int width, int height, BudgetSettings settings)
    {
        using SetWorkload workload = OwnThread.Run(() => new SetWorkload(network, count, width, height));
        return Alternation.Ratio(settings.Rounds, workload.Score, workload.Bare);
    }

    private static double Latency(string network, int width, int height, BudgetSettings settings)
    {
        using SetWorkload workload = new(network, 1, width, height);
        return Alternation.Ratio(settings.Rounds, workload.PredictOne, workload.BareOne);
    }

    private static (double Peak, double Agreement) Tiled()
    {
        (long wholeBytes, byte[] whole) = PeakMemory.Measure(Large, 2048, 1024, 0, Precision.Float32);
        (long tiledBytes, byte[] tiled) = PeakMemory.Measure(Large, 2048, 1024, TileSize, Precision.Float32);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"      peak of scoring 2048 x 1024: whole {wholeBytes >> 20} MiB, in tiles of {TileSize} {tiledBytes >> 20} MiB; "
            + $"{whole.Distinct().Count()} classes in the mask"));
        return ((double)tiledBytes / wholeBytes, whole.Zip(tiled).Average(static pair => pair.First == pair.Second ? 1.0 : 0));
    }
}
