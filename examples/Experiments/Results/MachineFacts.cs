using System.Runtime.InteropServices;

namespace Experiments.Results;

/// <summary>The machine of a run.</summary>
/// <param name="System">The operating system.</param>
/// <param name="Processor">The processor's model.</param>
/// <param name="Cores">Its logical cores that the run could use.</param>
/// <param name="Device">What the network ran on.</param>
internal sealed record MachineFacts(string System, string Processor, int Cores, string Device)
{
    public static MachineFacts Read(string device) =>
        new(RuntimeInformation.OSDescription, ReadProcessor(), Environment.ProcessorCount, device);

    private static string ReadProcessor()
    {
        const string Facts = "/proc/cpuinfo";
        string? line = File.Exists(Facts)
            ? File.ReadLines(Facts).FirstOrDefault(static fact => fact.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
