namespace Road.Torch.Weights;

/// <summary>A file of weights does not fit the module it was to fill; the module is as it was.</summary>
public sealed class WeightsMismatchException : Exception
{
    internal WeightsMismatchException(string file, string module, WeightsReport report)
        : base($"The weights '{file}' do not fit the module '{module}': {report}.")
    {
        Report = report;
    }

    /// <summary>Which tensors were missing, unexpected or of another shape.</summary>
    public WeightsReport Report { get; }
}
