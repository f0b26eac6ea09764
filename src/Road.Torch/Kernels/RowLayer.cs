using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>A linear layer over many rows.</summary>
internal static class RowLayer
{
    /// <summary>
    /// Computes <c>x W' + b</c>. On a CPU it runs as the 1x1 convolution that it is: libtorch's products of matrices come from another
    /// library than its convolutions, which takes twice as long on processors of AMD.
    /// </summary>
    /// <param name="rows">The rows, <c>n x C</c>.</param>
    /// <param name="weight">The weights, <c>O x C</c>, in the type of the rows.</param>
    /// <param name="bias">The offsets, <c>O</c>; null for none.</param>
    /// <returns>The results, <c>n x O</c>.</returns>
    public static Tensor Apply(Tensor rows, Tensor weight, Tensor? bias)
    {
        if (rows.device_type != DeviceType.CPU)
        {
            return nn.functional.linear(rows, weight, bias);
        }

        // Rows one behind the other are a map one pixel high whose channels lie side by side.
        using DisposeScope scope = NewDisposeScope();
        Tensor map = rows.unsqueeze(0).unsqueeze(0).permute(0, 3, 1, 2);
        Tensor result = nn.functional.conv2d(map, weight.unsqueeze(2).unsqueeze(3), bias);
        return result.permute(0, 2, 3, 1).flatten(0, 2).MoveToOuterDisposeScope();
    }
}
