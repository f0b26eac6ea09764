using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>Makes second networks in the middle of a training without changing what it draws.</summary>
internal static class NetworkTwin
{
    /// <summary>Creates a network and fills it.</summary>
    /// <param name="create">Makes the network.</param>
    /// <param name="fill">Gives it its weights; where it throws, the network is disposed.</param>
    public static SegmentationNetwork Create(Func<SegmentationNetwork> create, Action<SegmentationNetwork> fill)
    {
        // New layers draw their starting weights from libtorch's generator, which layers of a user's own network may draw from too.
        using Tensor state = Generator.Default.get_state();
        SegmentationNetwork twin = create();
        try
        {
            Generator.Default.set_state(state);
            fill(twin);
            return twin;
        }
        catch
        {
            twin.Dispose();
            throw;
        }
    }
}
