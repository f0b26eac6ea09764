using static TorchSharp.torch;

namespace Road.Torch.Tests;

/// <summary>Compares a tensor's values with numbers worked out by hand.</summary>
internal static class TensorAssert
{
    public static void AreClose(Tensor? actual, double tolerance, params double[] expected)
    {
        Assert.IsNotNull(actual);
        double[] values = Values(actual);
        Assert.HasCount(expected.Length, values);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], values[i], tolerance, $"value {i}");
        }
    }

    public static double[] Values(Tensor tensor)
    {
        using Tensor values = tensor.detach().to(ScalarType.Float64).contiguous();
        return values.data<double>().ToArray();
    }

    public static void HasShape(Tensor tensor, params long[] expected) => CollectionAssert.AreEqual(expected, tensor.shape);
}
