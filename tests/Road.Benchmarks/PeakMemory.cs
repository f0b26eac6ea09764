using System.Diagnostics;
using System.Globalization;
using Road.Torch;
using Road.Torch.Scoring;

namespace Road.Benchmarks;

/// <summary><c>peak</c>: the largest resident memory of a process that scores one image, which needs a process of its own.</summary>
internal static class PeakMemory
{
    /// <summary>Scores an image, writes the mask and prints the peak in bytes.</summary>
    /// <param name="args"><c>NETWORK WIDTH HEIGHT TILE PRECISION MASK</c>; a tile of 0 is the whole image.</param>
    /// <returns>0.</returns>
    public static int Run(string[] args)
    {
        int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
        ScoringOptions options = new() { TileSize = Number(3) == 0 ? null : Number(3), Precision = Enum.Parse<Precision>(args[4]) };
        using ScoreWorkload workload = new(args[0], Number(1), Number(2), options);
        File.WriteAllBytes(args[5], workload.Run());
        Console.WriteLine(Process.GetCurrentProcess().PeakWorkingSet64);
        return 0;
    }

    /// <summary>Measures in a process of its own.</summary>
    /// <returns>The peak in bytes, and the mask.</returns>
    public static (long Bytes, byte[] Mask) Measure(string network, int width, int height, int tile, Precision precision)
    {
        string file = Path.GetTempFileName();
        try
        {
            string[] args =
            [
                "peak", network, .. new[] { width, height, tile }.Select(
                    static value => value.ToString(CultureInfo.InvariantCulture)), precision.ToString(), file,
            ];
            using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, args) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (long.Parse(output, CultureInfo.InvariantCulture), File.ReadAllBytes(file));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
