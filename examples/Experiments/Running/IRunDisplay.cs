using Experiments.Definition;
using Experiments.Results;

namespace Experiments.Running;

/// <summary>What the user sees of the runs.</summary>
internal interface IRunDisplay
{
    /// <summary>A run is done already.</summary>
    void Skip(RunPlan plan, int number, int count);

    /// <summary>
    /// Shows a run while it trains: the action receives a function that takes steps done, of how many, and the last score.
    /// </summary>
    void Run(RunPlan plan, int number, int count, Func<Action<int, int, double?>, RunResult> train);
}
