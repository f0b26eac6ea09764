using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Parity;

/// <summary>Optimisers against PyTorch's, over 20 steps; <c>tests/fixtures/optimizers.py</c> wrote what PyTorch gives.</summary>
[TestClass]
public sealed class OptimizerParityTests
{
    private const int Steps = 20;

    public static IEnumerable<object[]> Cases =>
    [
        ["sgd", new SgdOptions()],
        ["sgd-bare", new SgdOptions { WeightDecay = 0.05, DecaysNormsAndBiases = false }],
        ["adamw", new AdamWOptions()],
        ["adamw-bare", new AdamWOptions { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = 0.1, DecaysNormsAndBiases = false }],
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void TheWeightsArePyTorchs(string name, OptimizationOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        (Parameter matrix, Parameter vector) = Run(options, Steps, null, null);
        using WeightsFile expected = WeightsFile.Open(Path.Combine(AppContext.BaseDirectory, "fixtures", "optimizers.safetensors"));
        AssertClose(expected.ReadTensor(name + ".matrix"), matrix);
        AssertClose(expected.ReadTensor(name + ".vector"), vector);

        static void AssertClose(Tensor expected, Tensor actual) =>
            Assert.IsLessThan(1e-6, (expected - actual).abs().max().item<float>(), $"{expected.str()} {actual.str()}");
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void AStoredStateGoesOnBitForBit(string name, OptimizationOptions options)
    {
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        string file = folder[name + ".safetensors"];
        (Parameter matrix, Parameter vector) = Run(options, Steps, null, null);
        Run(options, 7, null, file);
        (Parameter resumedMatrix, Parameter resumedVector) = Run(options, Steps, file, null);
        Assert.IsTrue(matrix.eq(resumedMatrix).all().item<bool>());
        Assert.IsTrue(vector.eq(resumedVector).all().item<bool>());
    }

    [TestMethod]
    public void AMomentumOfAnotherOptimiserIsRefusedByName()
    {
        RoadTrainingOptions options = new() { Optimizer = new AdamWOptions(), LearningRateDecay = new CosineDecay() };
        Assert.AreEqual((0.0, 0.01, 0.0), (options.Momentum, options.WeightDecay, options.PolyPower));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => options.Momentum = 0.9).Message, "Momentum belongs to SgdOptions, and Optimizer is AdamWOptions.");
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => options.PolyPower = 1).Message, "LearningRateDecay is CosineDecay.");
    }

    private static (Parameter Matrix, Parameter Vector) Run(OptimizationOptions options, int until, string? restored, string? stored)
    {
        Parameter matrix = new(Formula([4, 3], 0.3));
        Parameter vector = new(Formula([5], 1.1));
        using Optimizer optimizer = options.Create(0);
        optimizer.Add([matrix, vector]);
        int from = 0;
        if (restored is not null)
        {
            using SafetensorsFile file = SafetensorsFile.Open(restored);
            optimizer.Restore(file, string.Empty, mayLack: false);
            file.CopyExactly("matrix", matrix.detach());
            file.CopyExactly("vector", vector.detach());
            from = 7;
        }

        for (int step = from; step < until; step++)
        {
            matrix.grad = Formula([4, 3], 2.0 + (0.37 * step));
            vector.grad = Formula([5], 4.0 + (0.53 * step));
            optimizer.Step(0.01 * Math.Pow(1 - ((double)step / Steps), 0.9));
        }

        if (stored is not null)
        {
            SafetensorsWriter.Write(stored, [.. optimizer.State(), new("matrix", matrix), new("vector", vector)]);
        }

        return (matrix, vector);
    }

    private static Tensor Formula(long[] shape, double phase) => tensor(
        [.. Enumerable.Range(0, (int)shape.Aggregate(1L, static (product, side) => product * side)).Select(
            i => (float)Math.Sin((0.7 * i) + phase))], shape);
}
