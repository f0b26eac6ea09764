using Experiments.Definition;
using Experiments.Results;

namespace Experiments.Running;

/// <summary>Sees to it that no result is written over what an experiment is made of.</summary>
internal static class RunFiles
{
    /// <summary>Compares what the commands <c>run</c> and <c>layout</c> read and write; nothing need be there.</summary>
    /// <exception cref="FileClashException">They meet.</exception>
    public static void Check(Experiment experiment, string dataRoot, RunStore store)
    {
        FilePlan plan = new();
        plan.Read(experiment.Files, "the experiment");
        if (experiment.Network.FindWeights(dataRoot) is { } weights)
        {
            plan.Read(weights, "the weights");
        }

        foreach (DomainData domain in (DomainData[])[.. experiment.Data.Sources, experiment.Data.Target, experiment.Data.Test])
        {
            plan.Read(domain.Paths(dataRoot), "data");
        }

        store.AddTo(plan);
    }
}
