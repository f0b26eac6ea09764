using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>The batch norm of heads, which trains: scale, shift and statistics.</summary>
internal static class HeadNormalization
{
    /// <summary>Creates a batch norm with PyTorch's defaults, momentum 0.1 and epsilon 1e-5.</summary>
    /// <param name="channels">The number of channels.</param>
    public static BatchNorm2d Create(int channels)
    {
        BatchNorm2d norm = nn.BatchNorm2d(channels);

        // The step counter matters only without a momentum, and TorchSharp counts with a Scalar (see ScalarSafe).
        norm.num_batches_tracked = null;
        return norm;
    }

    /// <summary>Refuses a training batch of which a batch norm sees one value a channel: its variance is not defined.</summary>
    /// <exception cref="InvalidOperationException">The module is in training and the batch has a single image.</exception>
    public static void EnsureSeveralImages(nn.Module module, Tensor features)
    {
        if (module.training && features.shape[0] == 1)
        {
            throw new InvalidOperationException(
                $"The batch norm of {module.GetName()} needs at least 2 source images a batch in training (BatchSize is 1): "
                + "over the whole image pooled to one value it has no variance.");
        }
    }
}
