using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>Fills a module's parameters and buffers from a file, by name.</summary>
public static class WeightsLoader
{
    // Batch normalisation's step counter, which matters only where momentum is absent and older files lack.
    private const string StepCounter = "num_batches_tracked";

    /// <summary>
    /// Copies every parameter and persistent buffer from the file, converting types, without a trace in the gradients.
    /// Everything is checked before anything is copied.
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
    /// <returns>What became of each tensor; its names are without <paramref name="prefix"/>, but for the skipped ones outside it.</returns>
    /// <exception cref="WeightsMismatchException">
    /// <paramref name="strict"/> is set and the file does not fit; the module is unchanged.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public static WeightsReport Load(
        nn.Module module,
        SafetensorsFile file,
        bool strict = true,
        string prefix = "",
        IReadOnlyCollection<string>? skippedPrefixes = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(prefix);
        Dictionary<string, Tensor> state = module.state_dict();
        WeightsReport report = Compare(state, file, prefix, skippedPrefixes ?? []);
        if (strict && !report.IsComplete)
        {
            throw new WeightsMismatchException(file.Name, module.GetName(), report);
        }

        foreach (string name in report.Loaded)
        {
            file.CopyTo(prefix + name, state[name]);
        }

        return report;
    }

    private static WeightsReport Compare(
        Dictionary<string, Tensor> state, SafetensorsFile file, string prefix, IReadOnlyCollection<string> skippedPrefixes)
    {
        List<string> loaded = [];
        List<string> missing = [];
        List<WeightsShapeMismatch> wrongShape = [];
        foreach ((string name, Tensor tensor) in state)
        {
            if (file.Find(prefix + name) is not { } entry)
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

        List<string> unexpected = [];
        List<string> skipped = [];
        foreach (SafetensorsEntry entry in file.Entries)
        {
            bool isInside = entry.Name.StartsWith(prefix, StringComparison.Ordinal);
            string name = isInside ? entry.Name[prefix.Length..] : entry.Name;
            if (isInside && state.ContainsKey(name))
            {
                continue;
            }

            bool isSkipped = !isInside || IsStepCounter(name)
                || skippedPrefixes.Any(skippedPrefix => name.StartsWith(skippedPrefix, StringComparison.Ordinal));
            (isSkipped ? skipped : unexpected).Add(name);
        }

        return new WeightsReport(loaded, missing, unexpected, wrongShape, skipped);
    }

    private static bool IsStepCounter(string name) =>
        name == StepCounter || name.EndsWith("." + StepCounter, StringComparison.Ordinal);
}
