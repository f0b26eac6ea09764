using Road.Torch.Weights;
using TorchSharp;

namespace Road.Benchmarks;

/// <summary>The budget of weights files: reading all tensors over copying the file.</summary>
internal static class WeightsFileBudgets
{
    private const int Tensors = 3;
    private const long Floats = 11_000_000;

    /// <summary>The budget.</summary>
    public static IEnumerable<Budget> All =>
    [
        new("loading a weights file of 126 MiB over copying it", 3, Measure),
    ];

    private static double Measure(BudgetSettings settings)
    {
        string folder = Directory.CreateTempSubdirectory("road-weights-").FullName;
        try
        {
            string path = Path.Combine(folder, "weights.safetensors");
            Write(path);
            return Alternation.Ratio(settings.Rounds, () => Load(path), () => Copy(path, Path.Combine(folder, "copy")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string path)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(
            path, Enumerable.Range(0, Tensors).Select(static i => KeyValuePair.Create($"t{i}", torch.full([Floats], (float)i))));
    }

    private static void Load(string path)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using WeightsFile file = WeightsFile.Open(path);
        foreach (WeightsEntry entry in file.Entries)
        {
            file.ReadTensor(entry.Name);
        }
    }

    private static void Copy(string path, string destination)
    {
        using FileStream source = File.OpenRead(path);
        using FileStream copy = File.Create(destination);
        source.CopyTo(copy, 1 << 20);
    }
}
