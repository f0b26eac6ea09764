using System.Runtime.InteropServices;
using Road.Torch.Data;
using Road.Torch.Scoring;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Scoring;

[TestClass]
public sealed class StripArgmaxTests
{
    [TestMethod]
    [DataRow(9, 12, 72, 95)]
    [DataRow(1, 1, 5, 3)]
    [DataRow(20, 30, 20, 30)]
    [DataRow(31, 17, 10, 8)]
    public void StripsChooseAsTheRowsOfTheProcessorDo(int height, int width, int outputHeight, int outputWidth)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        Tensor logits = randn([1, 6, height, width], generator: generator);
        byte[] expected = BilinearArgmax.Choose(
            MemoryMarshal.Cast<byte, float>(logits.bytes), 6, height, width, outputHeight, outputWidth);

        byte[] whole = StripArgmax.Choose(logits, new ImageSize(outputWidth, outputHeight));

        // Two classes can be equal but for rounding.
        Assert.HasCount(expected.Length, whole);
        Assert.IsLessThanOrEqualTo(expected.Length / 1000, expected.Zip(whole).Count(static pair => pair.First != pair.Second));
        foreach (long values in new long[] { 1, 6 * outputWidth * 3, 6 * outputWidth * 7 })
        {
            CollectionAssert.AreEqual(
                whole,
                StripArgmax.Choose(logits, new ImageSize(outputWidth, outputHeight), stripValues: values),
                $"strips of {values} values");
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void StripsAreAsSureAsTheRowsOfTheProcessorAre(bool areProbabilities)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        Tensor logits = randn([1, 6, 9, 12], generator: generator);
        float[] expected = new float[72 * 95], actual = new float[72 * 95];
        BilinearArgmax.Choose(MemoryMarshal.Cast<byte, float>(logits.bytes), 6, 9, 12, 72, 95, expected, areProbabilities);
        StripArgmax.Choose(logits, new ImageSize(95, 72), actual, areProbabilities, stripValues: 6 * 95 * 7);

        Assert.IsLessThan(1e-5f, expected.Zip(actual).Max(static pair => Math.Abs(pair.First - pair.Second)));
    }
}
