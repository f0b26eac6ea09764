using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>Computes a few rows of what a convolution gives for a whole map.</summary>
internal static class ConvolutionRows
{
    /// <summary>
    /// The rows <paramref name="top"/> to <paramref name="top"/> + <paramref name="count"/> of the convolution's result: it sees
    /// the map's rows around them, and zeros only beyond the map.
    /// </summary>
    /// <param name="convolution">A dilated 3x3 convolution of step 1 that keeps its input's size.</param>
    /// <param name="map">The whole map, <c>N x C x h x w</c>.</param>
    /// <param name="top">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <returns>The rows, <c>N x C' x count x w</c>.</returns>
    public static Tensor Rows(this Conv2d convolution, Tensor map, long top, long count)
    {
        using DisposeScope scope = NewDisposeScope();
        long reach = convolution.padding![0];
        long above = Math.Max(0, reach - top);
        long below = Math.Max(0, top + count + reach - map.shape[2]);
        Tensor seen = map.narrow(2, top - reach + above, count + (2 * reach) - above - below);
        if (above + below > 0)
        {
            seen = nn.functional.pad(seen, [0, 0, above, below]);
        }

        return nn.functional
            .conv2d(seen, convolution.weight, convolution.bias, padding: [0, convolution.padding[1]], dilation: convolution.dilation)
            .MoveToOuterDisposeScope();
    }
}
