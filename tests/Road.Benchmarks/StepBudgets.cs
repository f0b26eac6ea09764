using Road.Torch;
using Road.Torch.Adaptation;
using Road.Torch.Training;

namespace Road.Benchmarks;

/// <summary>The budgets of a training step.</summary>
internal static class StepBudgets
{
    /// <summary>The budgets.</summary>
    public static IEnumerable<Budget> All =>
    [
        new("step over bare networks, deeplab-vgg16", 1.10, settings => OverBare("deeplab-vgg16", settings)),
        new("step over bare networks, deeplab-squeezenet1_1", 1.10, settings => OverBare("deeplab-squeezenet1_1", settings)),
        new("self-training step over bare networks, deeplab-vgg16", 1.15, settings => SelfTrainingOverBare("deeplab-vgg16", settings)),
        new(
            "self-training step over bare networks, deeplab-resnet18",
            1.15,
            settings => SelfTrainingOverBare("deeplab-resnet18", settings)),
        new("bfloat16 step over float32 step, deeplab-vgg16", 0.60, settings => Compare(
            settings, static options => options.Precision = Precision.BFloat16, static _ => { })),
        new("step with L_spt over step without, deeplab-vgg16", 1.05, settings => Compare(
            settings, static _ => { }, static options => options.SpatialWeight = 0)),
    ];

    private static double OverBare(string network, BudgetSettings settings)
    {
        using StepWorkload workload = new(network, new RoadTrainingOptions { BatchSize = settings.BatchSize });
        return Alternation.Ratio(settings.Rounds, workload.Full, workload.Bare);
    }

    private static double SelfTrainingOverBare(string network, BudgetSettings settings)
    {
        RoadTrainingOptions options = new() { BatchSize = settings.BatchSize };
        options.Adaptations.Reset(new SelfTraining());
        using StepWorkload workload = new(network, options);
        return Alternation.Ratio(settings.Rounds, workload.Full, workload.BareSelfTraining);
    }

    private static double Compare(BudgetSettings settings, Action<RoadTrainingOptions> change, Action<RoadTrainingOptions> reference)
    {
        using StepWorkload first = Make(change);
        using StepWorkload second = Make(reference);
        return Alternation.Ratio(settings.Rounds, first.Full, second.Full);

        StepWorkload Make(Action<RoadTrainingOptions> set)
        {
            RoadTrainingOptions options = new() { BatchSize = settings.BatchSize };
            set(options);
            return new StepWorkload("deeplab-vgg16", options);
        }
    }
}
