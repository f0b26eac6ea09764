using Experiments.Definition;

namespace Experiments.Running;

/// <summary>What the runs of one command share.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="DataRoot">The folder that the data's paths start from.</param>
/// <param name="Device"><c>cpu</c>, or <c>cuda:N</c>.</param>
/// <param name="IsTrial">Whether a few steps on little data shall only show that all fits together.</param>
internal sealed record RunScope(Experiment Experiment, string DataRoot, string Device, bool IsTrial)
{
    /// <summary>The GPU's number; null for the CPU.</summary>
    public int? GpuDeviceId => DeviceText.TryRead(Device, out int? gpu) ? gpu : null;
}
