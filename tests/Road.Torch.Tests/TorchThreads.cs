using TorchSharp;

namespace Road.Torch.Tests;

/// <summary>Gives libtorch another number of threads for the time of a test.</summary>
internal sealed class TorchThreads : IDisposable
{
    private readonly int _before = torch.get_num_threads();

    public TorchThreads(int count) => torch.set_num_threads(count);

    public void Dispose() => torch.set_num_threads(_before);
}
