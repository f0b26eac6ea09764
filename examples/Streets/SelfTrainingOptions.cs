using System.CommandLine;
using Road.MLNet;
using Road.Torch.Adaptation;

namespace Streets;

/// <summary>The options of variants that learn from a teacher's labels; what is not given stays as it is.</summary>
internal sealed class SelfTrainingOptions
{
    private readonly Option<int?> _sourcePhase = NumberOption.CreateAbsent<int>(
        "--source-phase",
        "Steps before self-training begins, a third of --iterations in the project's experiments; distillation beside it ends there, since "
        + "it would hold the features that self-training moves.",
        check: static value => _ = new SelfTraining { StartIteration = value });

    private readonly Option<double?> _alpha = NumberOption.CreateAbsent<double>(
        "--teacher-alpha",
        "How much of itself the teacher of self-training keeps in a step; 0.999 as published for tens of thousands of steps, 0.99 for "
        + "hundreds.",
        "X",
        static value => _ = new SelfTraining { Alpha = value });

    /// <summary>Adds the options to a command.</summary>
    public SelfTrainingOptions(Command command)
    {
        command.Options.Add(_sourcePhase);
        command.Options.Add(_alpha);
    }

    /// <summary>Sets what was given.</summary>
    /// <exception cref="UsageException">Nothing of the training learns from a teacher.</exception>
    public void Apply(ParseResult result, RoadTrainerOptions options)
    {
        PseudoLabelMethod[] methods = [.. options.Adaptations.OfType<PseudoLabelMethod>()];
        foreach (Option option in ((Option[])[_sourcePhase, _alpha]).Where(
            option => methods.Length == 0 && result.GetResult(option) is { Implicit: false }))
        {
            throw new UsageException($"{option.Name} is of self-training: give a --variant with it, such as self-training-class-balanced.");
        }

        foreach (PseudoLabelMethod method in methods)
        {
            method.StartIteration = result.GetValue(_sourcePhase) ?? method.StartIteration;
            method.Alpha = result.GetValue(_alpha) ?? method.Alpha;
        }

        foreach (Distillation method in options.Adaptations.OfType<Distillation>())
        {
            method.EndIteration = result.GetValue(_sourcePhase) ?? method.EndIteration;
        }
    }
}
