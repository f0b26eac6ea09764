using System.Globalization;
using System.Text.Json;

namespace Road.Benchmarks;

/// <summary>
/// <c>budgets</c>: whole jobs against what they are made of, as ratios within one run. The two sides alternate, so that
/// whatever else the machine does falls on both, and medians leave out the rest.
/// </summary>
internal static class Budgets
{
    private const string Usage = "budgets [--rounds N] [--batch N] [--json FILE] [NAME ...]";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static IEnumerable<Budget> All =>
    [
        .. StepBudgets.All,
        .. ScoringBudgets.All,
        .. StreamBudgets.All,
        .. DecodingBudgets.All,
        .. ModelFileBudgets.All,
        .. WeightsFileBudgets.All,
    ];

    /// <summary>Measures the budgets whose names contain one of the words given, or all.</summary>
    /// <param name="args"><c>[--rounds N] [--batch N] [--json FILE] [NAME ...]</c>.</param>
    /// <returns>0 where all pass, 1 where one fails, 2 for bad usage.</returns>
    public static int Run(string[] args)
    {
        CommandLine line = new(args, Usage, "--rounds", "--batch", "--json");
        if (line.Error is { } error)
        {
            Console.Error.WriteLine(error);
            return 2;
        }

        BudgetSettings settings = new(line.Number("--rounds", 5), line.Number("--batch", 5));
        Budget[] chosen = [
            .. All.Where(
                budget => line.Words.Count == 0 || line.Words.Any(word => budget.Name.Contains(word, StringComparison.OrdinalIgnoreCase)))];
        if (chosen.Length == 0)
        {
            Console.Error.WriteLine(
                $"error: no budget's name contains {string.Join(" or ", line.Words)}; there are: "
                + $"{string.Join("; ", All.Select(static budget => budget.Name))}.");
            return 2;
        }

        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {TorchSharp.torch.get_num_threads()} threads; crops a domain {settings.BatchSize}, "
            + $"rounds {settings.Rounds}");
        List<BudgetResult> results = [];
        foreach (Budget budget in chosen)
        {
            BudgetResult result = OwnThread.Run(() => budget.Run(settings));
            results.Add(result);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(result.Pass ? "pass" : "FAIL")}  {result.Measured,7:F3}  (at {(budget.IsFloor ? "least" : "most")} "
                + $"{result.Limit:F2})  {result.Name}"));
        }

        if (line.Text("--json") is { } file)
        {
            File.WriteAllText(file, JsonSerializer.Serialize(new { Budgets = results }, Json));
        }

        return results.TrueForAll(static result => result.Pass) ? 0 : 1;
    }
}
