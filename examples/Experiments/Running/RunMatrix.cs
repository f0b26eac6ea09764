using System.Globalization;
using System.Text.Json.Nodes;
using Experiments.Definition;
using Experiments.Results;
using Road.Torch.Training;

namespace Experiments.Running;

/// <summary>The runs of an experiment, those done left out.</summary>
internal static class RunMatrix
{
    /// <summary>Runs what is left.</summary>
    /// <param name="scope">The experiment, its data and device.</param>
    /// <param name="plans">The runs wanted, in their order.</param>
    /// <param name="store">Where results are and go.</param>
    /// <param name="display">What the user sees.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ExperimentException">A finished run was made with other settings.</exception>
    /// <exception cref="InterruptedException">The token was cancelled; what is done and the state of the run at hand are kept.</exception>
    public static void Run(
        RunScope scope, IReadOnlyList<RunPlan> plans, RunStore store, IRunDisplay display, CancellationToken cancellation)
    {
        // All are compared before the first trains, so that a change is refused at once.
        bool[] done = [.. plans.Select(plan => store.Find(plan, scope.Experiment) is not null)];
        int firstSeed = scope.Experiment.Runs[0].Seed;
        TestSet? test = null;
        for (int i = 0; i < plans.Count; i++)
        {
            RunPlan plan = plans[i];
            if (done[i])
            {
                store.RemoveCheckpoint(plan.Id);
                display.Skip(plan, i + 1, plans.Count);
                continue;
            }

            if (cancellation.IsCancellationRequested)
            {
                throw Interrupted(scope.IsTrial, new OperationCanceledException(cancellation));
            }

            if (!scope.IsTrial && FindTwin(scope, plan, store) is { } twin)
            {
                store.Write(plan.Id, twin);
                display.Skip(plan, i + 1, plans.Count);
                continue;
            }

            test ??= new TestSet(scope);
            display.Run(plan, i + 1, plans.Count, report =>
            {
                RunResult result = Execute(scope.IsTrial, () => new TrainingRun(scope, plan, test, store)
                    .Execute(plan.Sweep is null && plan.Seed == firstSeed, report, cancellation));
                store.Write(plan.Id, result);
                store.RemoveCheckpoint(plan.Id);
                return result;
            });
        }
    }

    private static RunResult Execute(bool isTrial, Func<RunResult> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException error)
        {
            throw Interrupted(isTrial, error);
        }
    }

    private static InterruptedException Interrupted(bool isTrial, OperationCanceledException error)
    {
        string where = error is TrainingCanceledException { Iteration: > 0 } training
            ? string.Create(CultureInfo.InvariantCulture, $" after iteration {training.Iteration}")
            : string.Empty;
        string how = isTrial ? "a dry run starts from the beginning again" : "go on with the same command";
        return new InterruptedException($"Cancelled{where}; {how}", error);
    }

    /// <summary>
    /// A finished run whose numbers this one would give again, since only the name of its variant differs: <c>spatial</c> has
    /// 3x3 regions unless told otherwise, so it is <c>spatial-3x3</c> too.
    /// </summary>
    private static RunResult? FindTwin(RunScope scope, RunPlan plan, RunStore store)
    {
        string wanted = Numbers(plan);
        return scope.Experiment.Runs
            .Where(other => other.Id != plan.Id && other.Seed == plan.Seed && Numbers(other) == wanted)
            .Select(other => store.Find(other, scope.Experiment))
            .FirstOrDefault(static result => result is not null) is { } twin
                ? twin with
                {
                    Name = plan.Name,
                    Variant = plan.Variant,
                    Sweep = plan.Sweep,
                    Settings = plan.Settings(scope.Experiment),
                    Shown = null
                }
                : null;

        string Numbers(RunPlan run)
        {
            JsonObject settings = run.Settings(scope.Experiment);
            settings.Remove("method");
            return settings.ToJsonString();
        }
    }
}
