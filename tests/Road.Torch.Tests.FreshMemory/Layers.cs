using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.FreshMemory;

/// <summary>
/// Single convolutions in float32, forward and backward: every small number of channels that vectors come out odd for, maps in both
/// orders, plain, strided and dilated.
/// </summary>
internal static class Layers
{
    private static readonly int[] Batches = [2, 4];
    private static readonly int[] Sides = [8, 32, 33];
    private static readonly int[] Inputs = [1, 2, 3, 5, 8, 15, 16, 17, 32, 33, 64, 96, 512];
    private static readonly int[] Outputs = [1, 2, 3, 7, 16, 19, 64];
    private static readonly (int Kernel, int Stride, int Dilation)[] Shapes =
    [
        .. from stride in new[] { 1, 2, 4 } from dilation in new[] { 1, 2, 6 } select (3, stride, dilation),
        .. from stride in new[] { 1, 2, 4 } select (1, stride, 1),
    ];

    /// <summary>Runs all of them.</summary>
    /// <returns>How many there are, how many gave what is not finite and where, and a digest of all results.</returns>
    public static string Run()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using Generator generator = new(3, CPU);
        int count = 0, wrong = 0, forward = 0, gradient = 0;
        foreach (int batch in Batches)
        {
            foreach (int side in Sides)
            {
                foreach (int input in Inputs)
                {
                    foreach (int output in Outputs)
                    {
                        foreach ((int kernel, int stride, int dilation) in Shapes)
                        {
                            foreach (bool channelsLast in new[] { false, true })
                            {
                                using DisposeScope scope = NewDisposeScope();
                                Tensor map = randn([batch, side, side, input], generator: generator).permute(0, 3, 1, 2);
                                map = (channelsLast ? map : map.contiguous()).detach().requires_grad_(true);
                                Tensor weight = randn([output, input, kernel, kernel], generator: generator).requires_grad_(true);
                                Tensor result = nn.functional.conv2d(
                                    map, weight, strides: [stride, stride], padding: [
                                        kernel / 2 * dilation, kernel / 2 * dilation], dilation: [dilation, dilation]);
                                result.square().mean().backward();
                                bool maps = IsFinite(result);
                                bool gradients = IsFinite(map.grad!) && IsFinite(weight.grad!);
                                foreach (Tensor tensor in new[] { result, map.grad!, weight.grad! })
                                {
                                    hash.AppendData(tensor.detach().contiguous().bytes);
                                }

                                count++;
                                wrong += maps && gradients ? 0 : 1;
                                forward += maps ? 0 : 1;
                                gradient += gradients ? 0 : 1;
                            }
                        }
                    }
                }
            }
        }

        return $"{count} layers, {wrong} not finite ({forward} forward, {gradient} in a gradient), digest "
            + $"{Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
    }

    private static bool IsFinite(Tensor tensor) => tensor.isfinite().all().item<bool>();
}
