using Road.Torch.Data;
using Road.Torch.Training;

namespace Road.Torch.Tests.Training.Losses;

/// <summary>What classes weigh by what there is of them.</summary>
[TestClass]
public sealed class ClassWeightingTests
{
    [TestMethod]
    public void FrequencyWeightsAreAPowerOfTheShareScaledToAMeanOfOne()
    {
        // With the offset the shares are 0.25, 0.01 and 0.7403; the class without a pixel weighs 1.
        ClassCounts counts = Counts(2499, 99, 7402, 0);
        double third = 1 / Math.Sqrt(0.7403);
        double mean = (0.2499 * 2) + (0.0099 * 10) + (0.7402 * third);

        AreClose(new FrequencyWeights().Compute(counts), 2 / mean, 10 / mean, third / mean, 1);
        AreClose(new FrequencyWeights { Power = 0 }.Compute(counts), 1, 1, 1, 1);

        third = 1 / 0.7403;
        mean = (0.2499 * 4) + (0.0099 * 100) + (0.7402 * third);
        AreClose(new FrequencyWeights { Power = 1, Largest = 1000 }.Compute(counts), 4 / mean, 100 / mean, third / mean, 1);
    }

    [TestMethod]
    public void NoClassWeighsMoreThanTheLargestAndTheOthersStayAsTheyWere()
    {
        ClassCounts counts = Counts(1, 999_999);
        double[] free = [.. new FrequencyWeights { Power = 1, Largest = 1_000_000 }.Compute(counts)];
        Assert.IsGreaterThan(9000, free[0]);

        AreClose(new FrequencyWeights { Power = 1 }.Compute(counts), 20, free[1]);
        AreClose(new FrequencyWeights { Power = 1, Largest = 1 }.Compute(counts), 1, free[1]);
    }

    [TestMethod]
    public void EffectiveNumbersGrowTheLessTheMoreSamplesThereAre()
    {
        // One sample weighs 1, two (1 - 1/2) / (1 - 1/4) = 2/3, four 8/15; the mean over 10, 20 and 40 pixels is 67/105.
        double mean = ((10 * 1) + (20 * 2.0 / 3) + (40 * 8.0 / 15)) / 70;
        AreClose(
            new EffectiveNumberWeights { Beta = 0.5, PixelsPerSample = 10 }.Compute(Counts(10, 20, 0, 40)),
            1 / mean, 2 / (3 * mean), 1, 8 / (15 * mean));

        // What there is less of than a sample is one.
        AreClose(new EffectiveNumberWeights { Beta = 0.5, PixelsPerSample = 10 }.Compute(Counts(3, 10)), 1, 1);
        AreClose(new EffectiveNumberWeights { Beta = 0 }.Compute(Counts(50_000, 3_000)), 1, 1);

        // By far more samples than 1 / (1 - beta), all classes weigh alike; by far fewer, as the inverse frequency.
        AreClose(new EffectiveNumberWeights { Beta = 0.5, PixelsPerSample = 1 }.Compute(Counts(5_000_000, 1_000_000)), 1, 1);
        AreClose(
            new EffectiveNumberWeights { Beta = 0.999999999, PixelsPerSample = 1000 }.Compute(Counts(300_000, 100_000)),
            2.0 / 3, 2);
    }

    [TestMethod]
    public void WithoutAnyPixelAllWeighOne() => AreClose(new FrequencyWeights().Compute(Counts(0, 0)), 1, 1);

    [TestMethod]
    public void AWeightingOfOnesOwnIsScaledToo()
    {
        // The mean of 4 at a quarter and 0 elsewhere is 1.
        AreClose(new OwnWeights { Weights = [8, 0] }.Compute(Counts(25, 75)), 4, 0);
        Refuse([double.NaN, 1], "OwnWeights weighs class 0 with NaN; it must be finite and 0 or more.");
        Refuse([1, -1], "OwnWeights weighs class 1 with -1; it must be finite and 0 or more.");
        Refuse([0, 0], "OwnWeights gives classes a mean weight of 0, which cannot be scaled to 1");
        Assert.AreEqual("OwnWeights", new OwnWeights().ToString());

        static void Refuse(double[] weights, string message) => StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => new OwnWeights { Weights = weights }.Compute(Counts(25, 75))).Message,
            message);
    }

    [TestMethod]
    public void SettingsAreCheckedByName()
    {
        Refuse(static () => new FrequencyWeights { Power = 2.5 }, "Power is 2.5; it must be 0 to 2.");
        Refuse(static () => new FrequencyWeights { Largest = 0.5 }, "Largest is 0.5; it must be 1 to 1000000.");
        Refuse(static () => new EffectiveNumberWeights { Beta = 1 }, "Beta is 1; it must be at least 0 and less than 1.");
        Refuse(static () => new EffectiveNumberWeights { PixelsPerSample = 0 }, "PixelsPerSample is 0; it must be 1 to 1000000000.");

        static void Refuse(Func<ClassWeighting> make, string message) =>
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(make).Message, message);
    }

    [TestMethod]
    public void LogsShowTheSettings()
    {
        Assert.AreEqual("frequency^-0.5", new FrequencyWeights().ToString());
        Assert.AreEqual(
            "effective number of samples (beta 0.9, 1000 pixels a sample)", new EffectiveNumberWeights { Beta = 0.9 }.ToString());
    }

    private static ClassCounts Counts(params long[] pixels) => new(pixels, new long[pixels.Length], 1);

    private static void AreClose(IReadOnlyList<double> actual, params double[] expected)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-6 * expected[i], $"class {i}");
        }
    }

    private sealed class OwnWeights : ClassWeighting
    {
        public double[] Weights { get; set; } = [];

        public override double Weigh(ClassCounts counts, int index) => Weights[index];
    }
}
