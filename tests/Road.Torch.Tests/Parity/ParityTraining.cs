using Road.Torch.Data;
using Road.Torch.Weights;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Parity;

/// <summary>What trainings that PyTorch has run too are made of: weights, crops, and how far results may be apart.</summary>
internal static class ParityTraining
{
    /// <summary>The crops of a step, of one size, as many of the source as of the target.</summary>
    public static TrainingBatch Batch(int step, int size, int count)
    {
        int area = size * size;
        byte[] stripes = [.. Enumerable.Range(0, area).Select(i => (byte)(((i % size) + (5 * step)) / 14 % 4))];
        Crop[] crops = [.. Enumerable.Range(0, 2 * count).Select(n => new Crop(
            [.. Formula.Bytes($"pixels.{step}.{n}", 3 * area, 64).Select((noise, i) => (byte)(noise + (60 * stripes[i / 3])))],
            n < count ? [.. stripes.Select(Label)] : null,
            Window($"window.{step}.{n}", size),
            0,
            n < count))];
        return new TrainingBatch(crops[..count], crops[count..]);
    }

    public static byte Label(byte value) => value == 3 ? DecodedSample.IgnoredLabel : value;

    public static CropWindow Window(string name, int size)
    {
        uint[] r = Formula.Hashes(name, 3);
        return new CropWindow((int)(r[0] % (104 - size)) - 4, (int)(r[1] % (80 - size)) - 4, size, size, 96, 72, r[2] % 2 == 1);
    }

    public static double Gain(string name) =>
        name.StartsWith("aspp.", StringComparison.Ordinal) ? 0.1 : name.StartsWith("classifiers.", StringComparison.Ordinal) ? 0.3 : 1;

    /// <summary>Some of a weight's values, about as many as told.</summary>
    public static Tensor Sample(Tensor weight, int count = 64) =>
        weight.detach().flatten().slice(0, 0, weight.numel(), Math.Max(1, weight.numel() / count));

    public static SafetensorsFile Open(string name) =>
        SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "fixtures", $"{name}.safetensors"));

    public static double Error(Tensor actual, SafetensorsFile file, string name) => Error(actual, file.ReadTensor(name));

    /// <summary>The norm of the difference over the norm of what is expected.</summary>
    public static double Error(Tensor actual, Tensor expected)
    {
        CollectionAssert.AreEqual(expected.shape, actual.shape);
        double norm = expected.norm().item<float>();
        double difference = (actual.detach() - expected).norm().item<float>();
        return norm == 0 ? difference : difference / norm;
    }
}
