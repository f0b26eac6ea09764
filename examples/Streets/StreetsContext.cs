using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Streets;

/// <summary>Makes the context of a command.</summary>
internal static class StreetsContext
{
    /// <summary>A context that writes the library's warnings, to standard error unless told otherwise.</summary>
    /// <param name="device">What it computes on.</param>
    /// <param name="seed">The seed of every random choice; null for none.</param>
    /// <param name="write">Takes the library's other messages; null for nobody.</param>
    /// <param name="warn">Takes the lines of its warnings; null for standard error.</param>
    public static MLContext Create(
        StreetsDevice device, int? seed = null, Action<string>? write = null, Action<string>? warn = null)
    {
        MLContext ml = new(seed) { GpuDeviceId = device.GpuDeviceId };
        ml.Log += (_, e) =>
        {
            if (!e.Source.StartsWith("Road", StringComparison.Ordinal))
            {
                return;
            }

            if (e.Kind == ChannelMessageKind.Warning)
            {
                (warn ?? Console.Error.WriteLine)("warning: " + OptionNames.InWords(e.RawMessage));
            }
            else if (e.Kind != ChannelMessageKind.Trace)
            {
                write?.Invoke(e.RawMessage);
            }
        };
        return ml;
    }
}
