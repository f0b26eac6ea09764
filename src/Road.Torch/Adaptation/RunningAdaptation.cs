using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>A method of a training and what it made.</summary>
internal sealed record RunningAdaptation(AdaptationMethod Method, Adapter Adapter)
{
    /// <summary>Asks the method for its loss terms, and checks them.</summary>
    public IReadOnlyList<LossTerm> Losses(AdaptationStep step) => [.. Adapter.Losses(step).Select(Checked)];

    /// <summary>Asks the method for the terms that have graphs of their own, one by one as they are read, and checks them.</summary>
    public IEnumerable<LossTerm> SeparateLosses(AdaptationStep step) => Adapter.SeparateLosses(step).Select(Checked);

    private LossTerm Checked(LossTerm term)
    {
        if (string.IsNullOrEmpty(term.Name) || term.Value is null || term.Total is null)
        {
            throw new InvalidOperationException(
                $"The adaptation method '{Method.Name}' gave a loss term without a name, a value or a total.");
        }

        if (term.Value.numel() != 1 || term.Total.numel() != 1 || term.Value.dtype != ScalarType.Float32
            || term.Total.dtype != ScalarType.Float32)
        {
            throw new InvalidOperationException(
                $"The loss '{term.Name}' of the adaptation method '{Method.Name}' must be a scalar, float32; its value is "
                + $"{Describe(term.Value)}, its total {Describe(term.Total)}.");
        }

        return term;
    }

    private static string Describe(Tensor tensor) => $"{tensor.dtype} of {tensor.numel()} elements";
}
