using Road.Torch.Weights;
using static TorchSharp.torch;

namespace Road.Reliability.Fuzzing;

/// <summary>A module with a place for each tensor of a file.</summary>
internal sealed class EntryModule : nn.Module
{
    /// <param name="entries">The file's tensors, whose names have a dot for each module.</param>
    public EntryModule(IEnumerable<WeightsEntry> entries)
        : base(nameof(EntryModule))
    {
        foreach (IGrouping<string, (string[] Path, WeightsEntry Entry)> inner in Split(entries).GroupBy(static item => item.Path[0]))
        {
            if (inner.First().Path is [_])
            {
                WeightsEntry entry = inner.Single().Entry;
                register_buffer(inner.Key, zeros([.. entry.Shape], entry.Type));
            }
            else
            {
                register_module(
                    inner.Key, new EntryModule(inner.Select(static item => item.Entry with { Name = string.Join('.', item.Path[1..]) })));
            }
        }
    }

    private static IEnumerable<(string[] Path, WeightsEntry Entry)> Split(IEnumerable<WeightsEntry> entries) =>
        entries.Select(static entry => (entry.Name.Split('.'), entry));
}
