using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// 3x3 convolutions with a quarter of the multiplications, by <see cref="WinogradTransforms"/>. It is for scoring large
/// images on a CPU in float32, whose libraries multiply directly. Results differ from theirs by rounding, about one part in a
/// hundred thousand.
/// </summary>
internal static class WinogradConvolution
{
    // After each product libtorch's threads spin for a while, on the cores that the transforms run on. So a strip is large enough
    // for that to be short beside its transforms, though no cache holds it.
    private const long StripBytes = 192 << 20;

    // Transformed filters take four times the memory of a layer's own; a layer for which that is more goes the direct way.
    private const long MostFilterBytes = 128 << 20;

    // Time in multiplications of a direct convolution, measured on wide layers: those of a tile take a tenth longer, for rows are
    // fewer; a value of a tile goes through 36 values each way; and each filter is transformed anew for every image.
    private const double ProductTime = 1.1;
    private const double TileTime = 6500;
    private const double FilterTime = 5000;

    // Less than this is not worth other rounding.
    private const double SmallestGain = 1.15;

    /// <summary>Whether this way is faster for a layer and an input, and nothing asks for its gradient.</summary>
    /// <param name="convolution">The layer.</param>
    /// <param name="input">What it is given, of any shape and order in memory.</param>
    public static bool Suits(Conv2d convolution, Tensor input)
    {
        if (!is_inference_mode_enabled()
            || input.device_type != DeviceType.CPU || input.dtype != ScalarType.Float32 || convolution.weight.dtype != ScalarType.Float32
            || input.shape is not [1, long inputs, long height, long width]
            || convolution.weight.shape is not [long outputs, long filterInputs, 3, 3] || filterInputs != inputs
            || convolution.stride is not [1, 1] || convolution.dilation is not [long dilation, long other] || other != dilation
            || convolution.padding is not [long above, long left] || above != dilation || left != dilation
            || inputs % Vector512<float>.Count != 0 || outputs % Vector512<float>.Count != 0
            || WinogradTransforms.Products * inputs * outputs * sizeof(float) > MostFilterBytes
            || Math.Max(inputs, outputs) * height * width > int.MaxValue / sizeof(float)
            || input.stride(1) != 1)
        {
            return false;
        }

        WinogradShape shape = new((int)height, (int)width, (int)dilation);
        double tiles = shape.TileCount;
        double pairs = (double)inputs * outputs;
        double time = (pairs * ((WinogradTransforms.Products * ProductTime * tiles) + FilterTime))
            + (TileTime * tiles * (inputs + outputs));

        // The direct way leaves out what would be multiplied by the zeros around a map.
        double direct = pairs * Taps(height) * Taps(width);
        return direct > SmallestGain * time;

        double Taps(long size) => (3 * size) - (2 * Math.Min(dilation, size));
    }

    /// <summary>Runs a layer that <see cref="Suits"/> its input.</summary>
    /// <param name="convolution">The layer.</param>
    /// <param name="input">A map, <c>1 x I x H x W</c>, float32, the channels of a position side by side in memory.</param>
    /// <returns>The layer's result, <c>1 x O x H x W</c>, float32, in the same order.</returns>
    public static unsafe Tensor Apply(Conv2d convolution, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        int inputs = (int)input.shape[1];
        int outputs = (int)convolution.weight.shape[0];
        WinogradShape shape = new((int)input.shape[2], (int)input.shape[3], (int)convolution.dilation![0]);
        (int Row, int Column)[] tiles = shape.Tiles();
        int most = (int)Math.Clamp(StripBytes / (WinogradTransforms.Products * sizeof(float) * (long)(inputs + outputs)), 1, tiles.Length);
        int strips = (tiles.Length + most - 1) / most;
        int strip = (tiles.Length + strips - 1) / strips;

        Tensor filters = empty(WinogradTransforms.Products, outputs, inputs);
        Tensor patches = empty(WinogradTransforms.Products, strip, inputs);
        Tensor result = empty(1, shape.Height, shape.Width, outputs);
        Tensor weight = convolution.weight.permute(2, 3, 0, 1).contiguous();
        float* source = Data(input.permute(0, 2, 3, 1).contiguous());
        float* bias = convolution.bias is { } offset ? Data(offset) : null;
        float* patch = Data(patches);
        float* map = Data(result);
        HugePages.AskFor(patch, patches.numel() * sizeof(float));
        HugePages.AskFor(map, result.numel() * sizeof(float));
        float* filter = Data(weight);
        float* transformed = Data(filters);
        float*[] products = new float*[WinogradTransforms.Products];
        Share(outputs, i => WinogradTransforms.Filters(filter, transformed, (long)inputs * outputs, (long)i * inputs, (i + 1L) * inputs));
        for (int done = 0; done < tiles.Length; done += strip)
        {
            using DisposeScope pass = NewDisposeScope();
            int start = done;
            int count = Math.Min(strip, tiles.Length - done);
            Share(count, i => WinogradTransforms.Patch(
                source, shape, inputs, tiles[start + i].Row, tiles[start + i].Column, patch + ((long)i * inputs), (long)strip * inputs));
            for (int k = 0; k < products.Length; k++)
            {
                products[k] = Data(RowLayer.Apply(patches[k].narrow(0, 0, count), filters[k], bias: null).contiguous());
            }

            Share(count, i => WinogradTransforms.Tile(
                products, (long)i * outputs, bias, map, shape, outputs, tiles[start + i].Row, tiles[start + i].Column));
        }

        return result.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Divides pieces of work among as many threads as torch uses, each a part of neighbours.</summary>
    private static void Share(int count, Action<int> work)
    {
        int threads = Math.Min(get_num_threads(), count);
        if (threads == 1)
        {
            Do(0);
        }
        else
        {
            Parallel.For(0, threads, Do);
        }

        void Do(int thread)
        {
            int end = (int)((long)count * (thread + 1) / threads);
            for (int i = (int)((long)count * thread / threads); i < end; i++)
            {
                work(i);
            }
        }
    }

    private static unsafe float* Data(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
