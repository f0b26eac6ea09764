using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// Layers with unspecified weights. TorchSharp draws random weights for every new layer, which takes as long as reading a
/// network's file, and every network here gets its weights from a file, a twin or a seed of its own. So a layer is made on
/// the meta device, where drawing costs nothing, and then given memory on the default device.
/// </summary>
internal static class BlankLayers
{
    /// <summary>A convolution, as <c>nn.Conv2d</c> makes it.</summary>
    public static Conv2d Conv2d(
        long inputs, long outputs, long kernel, long stride = 1, long padding = 0, long dilation = 1, bool bias = true) =>
        Allocate(nn.Conv2d(inputs, outputs, kernel, stride: stride, padding: padding, dilation: dilation, bias: bias, device: META));

    /// <summary>A transposed convolution, as <c>nn.ConvTranspose2d</c> makes it, without bias.</summary>
    public static ConvTranspose2d ConvTranspose2d(long inputs, long outputs, long kernel, long stride, long padding = 0) =>
        Allocate(nn.ConvTranspose2d(inputs, outputs, kernel, stride: stride, padding: padding, bias: false, device: META));

    /// <summary>A linear layer, as <c>nn.Linear</c> makes it.</summary>
    public static Linear Linear(long inputs, long outputs)
    {
        Linear layer = nn.Linear(inputs, outputs, device: META);
        layer.weight = Allocate(layer.weight!);
        layer.bias = Allocate(layer.bias!);
        return layer;
    }

    private static T Allocate<T>(T layer)
        where T : Convolution
    {
        layer.weight = Allocate(layer.weight);
        if (layer.bias is { } bias)
        {
            layer.bias = Allocate(bias);
        }

        return layer;
    }

    private static Parameter Allocate(Parameter shape) => new(empty(shape.shape));
}
