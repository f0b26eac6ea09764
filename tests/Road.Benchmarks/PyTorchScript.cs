using System.Diagnostics;
using System.Globalization;

namespace Road.Benchmarks;

/// <summary>The PyTorch restatement in a process of its own, which runs one job at a time and says how long it took.</summary>
internal sealed class PyTorchScript : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts the script and waits until it is ready.</summary>
    /// <param name="python">The Python interpreter, which has PyTorch.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="batchSize">Crops of each domain.</param>
    /// <param name="cropSize">The crops' side in pixels.</param>
    /// <exception cref="InvalidOperationException">The script does not start; its own message is on standard error.</exception>
    public PyTorchScript(string python, int threads, int batchSize, int cropSize)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "pytorch", "road.py");
        _process = Process.Start(new ProcessStartInfo(
            python, [
                script, .. new[] { threads, batchSize, cropSize }.Select(static value => value.ToString(CultureInfo.InvariantCulture))])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? greeting = _process.StandardOutput.ReadLine();
        if (greeting?.Split(' ') is not ["ready", string version])
        {
            throw new InvalidOperationException(
                $"'{python} {script}' did not start: expected 'ready', not '{greeting}'. It needs PyTorch (Debian: python3-torch).");
        }

        Version = version;
    }

    /// <summary>PyTorch's version.</summary>
    public string Version { get; }

    /// <summary>Runs a job and returns its seconds.</summary>
    /// <param name="job"><c>step</c>, or <c>score</c>, width and height.</param>
    /// <exception cref="InvalidOperationException">The script ended; its own message is on standard error.</exception>
    public double Run(string job)
    {
        _process.StandardInput.WriteLine(job);
        return _process.StandardOutput.ReadLine() is { } seconds
            ? double.Parse(seconds, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The PyTorch script ended during '{job}'.");
    }

    /// <summary>Ends the script.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
