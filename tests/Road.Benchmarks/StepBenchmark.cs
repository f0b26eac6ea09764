using BenchmarkDotNet.Attributes;
using Road.Torch;
using Road.Torch.Training;

namespace Road.Benchmarks;

/// <summary>A whole training step beside the bare networks.</summary>
[MemoryDiagnoser]
public class StepBenchmark : IDisposable
{
    private StepWorkload? _workload;

    /// <summary>The network.</summary>
    [Params("deeplab-squeezenet1_1")]
    public string Network { get; set; } = string.Empty;

    /// <summary>What the networks compute with.</summary>
    [Params(Precision.Float32, Precision.BFloat16)]
    public Precision Precision { get; set; }

    /// <summary>Makes the images and the networks.</summary>
    [GlobalSetup]
    public void Setup() => _workload = new StepWorkload(Network, new RoadTrainingOptions { Precision = Precision });

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _workload?.Dispose();
        _workload = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Forward and backward of student, teacher and domain classifiers.</summary>
    [Benchmark(Baseline = true)]
    public void Bare() => _workload!.Bare();

    /// <summary>Loading, augmentation, all losses and the optimiser too.</summary>
    [Benchmark]
    public void Full() => _workload!.Full();
}
