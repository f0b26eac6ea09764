using System.Globalization;

namespace Streets;

/// <summary>The share of a list of images that one of several processes takes: every Count-th, from the Index-th on.</summary>
/// <param name="Index">Which of them, from 0.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct Shard(int Index, int Count)
{
    private const string Auto = "auto";
    private const int Most = 1_000_000;

    /// <summary>Whether it has the image at a place of the list, from 0.</summary>
    public bool Has(int place) => place % Count == Index;

    /// <summary>The share as it is typed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>Reads what is typed.</summary>
    /// <param name="text"><c>2/8</c>, or <c>auto</c> or <c>auto/8</c> for what the job's scheduler has set.</param>
    /// <param name="variable">Gives an environment variable; null where it is not set.</param>
    /// <param name="error">What is wrong; empty where nothing is.</param>
    /// <returns>The share; null where it cannot be read.</returns>
    public static Shard? Read(string text, Func<string, string?> variable, out string error)
    {
        error = string.Empty;
        string[] parts = text.Split('/');
        int count = 0;
        bool isForm = parts.Length is 1 or 2 && (parts[0] == Auto || parts.Length == 2)
            && (parts.Length == 1 || NumberText.TryReadDigits(parts[1], out count));
        if (isForm && parts[0] == Auto)
        {
            return OfScheduler(parts.Length == 2 ? count : null, variable, ref error);
        }

        if (!isForm || !NumberText.TryReadDigits(parts[0], out int index))
        {
            error = $"'{text}' must be a share such as 0/8, the first of eight, or auto, or auto/8.";
            return null;
        }

        return Checked(index, count, $"'{text}'", ref error);
    }

    private static Shard? OfScheduler(int? given, Func<string, string?> variable, ref string error)
    {
        // An array of jobs stands before the processes of one job, since each of its jobs may have several.
        if (Number(variable, "SLURM_ARRAY_TASK_ID") is { } task)
        {
            int first = Number(variable, "SLURM_ARRAY_TASK_MIN") ?? 0;
            int step = Math.Max(1, Number(variable, "SLURM_ARRAY_TASK_STEP") ?? 1);
            return Of("SLURM_ARRAY_TASK_ID", (task - first) / step, "SLURM_ARRAY_TASK_COUNT", ref error);
        }

        foreach ((string index, string count) in ((string, string)[])
        [
            ("JOB_COMPLETION_INDEX", string.Empty), ("RANK", "WORLD_SIZE"), ("SLURM_PROCID", "SLURM_NTASKS"),
            ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        ])
        {
            if (Number(variable, index) is { } own)
            {
                return Of(index, own, count, ref error);
            }
        }

        error = "'auto' needs one of the variables SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, RANK, SLURM_PROCID and OMPI_COMM_WORLD_RANK, "
            + "and none is set to a number.";
        return null;

        Shard? Of(string name, int index, string countName, ref string error)
        {
            int? known = countName.Length > 0 ? Number(variable, countName) : null;
            if (known is { } set && given is { } typed && set != typed)
            {
                error = string.Create(CultureInfo.InvariantCulture, $"{typed} shares are asked for, but {countName} is {set}.");
                return null;
            }

            if ((given ?? known) is not { } count)
            {
                error = $"{name} says which share this is, and not how many there are: give 'auto/N'.";
                return null;
            }

            return Checked(index, count, string.Create(CultureInfo.InvariantCulture, $"{name} is {index} of {count}"), ref error);
        }
    }

    private static int? Number(Func<string, string?> variable, string name) =>
        variable(name) is { } text && NumberText.TryReadDigits(text, out int number) ? number : null;

    private static Shard? Checked(int index, int count, string what, ref string error)
    {
        if (count is < 1 or > Most || index < 0 || index >= count)
        {
            error = string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: the number of shares must be 1 to {Most}, and the share 0 to that number less 1.");
            return null;
        }

        return new Shard(index, count);
    }
}
