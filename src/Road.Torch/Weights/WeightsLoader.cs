using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>Fills a module's parameters and buffers from a file, by name.</summary>
public static class WeightsLoader
{
    // Batch normalisation's step counter, which matters only where momentum is absent and older files lack.
    private const string StepCounter = "num_batches_tracked";

    /// <summary>
    /// Copies every parameter and persistent buffer from the file, converting types, without a trace in the gradients.
    /// Names and shapes are checked before anything is copied, and each tensor's numbers once they are.
    /// </summary>
    /// <param name="module">The module to fill, on any device.</param>
    /// <param name="file">The weights.</param>
    /// <param name="strict">
    /// Whether to refuse a file that does not cover the module or holds tensors it does not have. Without it, what fits
    /// is copied and the report says the rest.
    /// </param>
    /// <param name="prefix">
    /// What comes before the module's names in the file, its dot included (such as <c>backbone.</c>); tensors outside it are skipped.
    /// </param>
    /// <param name="skippedPrefixes">
    /// The beginnings, after <paramref name="prefix"/>, of tensors that the module may do without, such as <c>classifier.</c>.
    /// </param>
    /// <param name="rename">
    /// Gives the module's name for one of the file's, without <paramref name="prefix"/>; null where they are the same.
    /// </param>
    /// <returns>
    /// What became of each tensor; its names are without <paramref name="prefix"/>, but for the skipped ones outside it,
    /// and renamed.
    /// </returns>
    /// <exception cref="WeightsMismatchException">
    /// <paramref name="strict"/> is set and the file does not fit; the module is unchanged.
    /// </exception>
    /// <exception cref="InvalidDataException">
    /// A tensor holds a number that is not finite, or one that is too large for the module's type; the message names file and tensor. The
    /// module is filled in part.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public static WeightsReport Load(
        nn.Module module,
        WeightsFile file,
        bool strict = true,
        string prefix = "",
        IReadOnlyCollection<string>? skippedPrefixes = null,
        Func<string, string>? rename = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(prefix);
        return Load(module, file, strict, skippedPrefixes ?? [], Place);

        (string Name, bool IsInside) Place(string name)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return (name, false);
            }

            string inner = name[prefix.Length..];
            return (rename is null ? inner : rename(inner), true);
        }
    }

    /// <summary>Fills the whole of a backbone from a file whose names are translated.</summary>
    /// <param name="module">The backbone.</param>
    /// <param name="file">The weights, which may be those of a whole segmenter; what lies beside the backbone is skipped.</param>
    /// <param name="skippedPrefixes">The beginnings of other tensors that are skipped.</param>
    /// <param name="names">Where the backbone's tensors are.</param>
    /// <exception cref="WeightsMismatchException">The file does not fit; the module is unchanged.</exception>
    internal static WeightsReport Load(
        nn.Module module, WeightsFile file, IReadOnlyCollection<string> skippedPrefixes, WeightsNames names) =>
        Load(module, file, strict: true, skippedPrefixes, name => (names.Translate(name, out bool isOutside), !isOutside));

    private static WeightsReport Load(
        nn.Module module,
        WeightsFile file,
        bool strict,
        IReadOnlyCollection<string> skippedPrefixes,
        Func<string, (string Name, bool IsInside)> place)
    {
        Dictionary<string, Tensor> state = module.state_dict();
        Dictionary<string, WeightsEntry> entries = new(StringComparer.Ordinal);
        List<string> unexpected = [];
        List<string> skipped = [];
        foreach (WeightsEntry entry in file.Entries)
        {
            (string renamed, bool isInside) = place(entry.Name);
            if (isInside && state.ContainsKey(renamed) && entries.TryAdd(renamed, entry))
            {
                continue;
            }

            bool isSkipped = !isInside || IsStepCounter(renamed)
                || skippedPrefixes.Any(skippedPrefix => renamed.StartsWith(skippedPrefix, StringComparison.Ordinal));
            (isSkipped ? skipped : unexpected).Add(renamed);
        }

        WeightsReport report = Compare(state, entries, unexpected, skipped);
        if (strict && !report.IsComplete)
        {
            throw new WeightsMismatchException(file.Name, module.GetName(), report);
        }

        // In the file's order, since a stream cannot go back.
        foreach (string name in report.Loaded.OrderBy(name => entries[name].Offset))
        {
            file.CopyTo(entries[name].Name, state[name]);
            if (!FiniteTensors.IsFinite(state[name]))
            {
                throw WeightsError.Damaged(
                    file.Name, $"the tensor {WeightsError.Quote(entries[name].Name)} holds a number that is not finite");
            }
        }

        return report;
    }

    private static WeightsReport Compare(
        Dictionary<string, Tensor> state, Dictionary<string, WeightsEntry> entries, List<string> unexpected, List<string> skipped)
    {
        List<string> loaded = [];
        List<string> missing = [];
        List<WeightsShapeMismatch> wrongShape = [];
        foreach ((string name, Tensor tensor) in state)
        {
            if (!entries.TryGetValue(name, out WeightsEntry? entry))
            {
                if (!IsStepCounter(name))
                {
                    missing.Add(name);
                }
            }
            else if (entry.Shape.SequenceEqual(tensor.shape))
            {
                loaded.Add(name);
            }
            else
            {
                wrongShape.Add(new WeightsShapeMismatch(name, entry.Shape, tensor.shape));
            }
        }

        return new WeightsReport(loaded, missing, unexpected, wrongShape, skipped);
    }

    private static bool IsStepCounter(string name) =>
        name == StepCounter || name.EndsWith("." + StepCounter, StringComparison.Ordinal);
}
