using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Scoring;

[TestClass]
public sealed class SegmentationPredictorTests
{
    private const int Classes = 5;

    [TestMethod]
    [DataRow("deeplab-vgg16")]
    [DataRow("deeplab-squeezenet1_1")]
    [DataRow("fcn8s-vgg16")]
    public void TilesGiveTheMasksOfTheWholeImage(string network)
    {
        DecodedSample image = Image(1, 410, 331);
        using SegmentationPredictor predictor = Create(network);

        byte[] whole = Labels(predictor, image, new());
        byte[] tiled = Labels(predictor, image, new() { TileSize = 128 });

        AssertAgree(whole, tiled, 0.999);
    }

    [TestMethod]
    public void ANarrowMarginShowsAtTheSeams()
    {
        // What the test above rests on: the margin is what makes tiles agree.
        DecodedSample image = Image(1, 410, 331);
        using SegmentationPredictor predictor = Create("deeplab-squeezenet1_1");

        byte[] whole = Labels(predictor, image, new());
        byte[] tiled = Labels(predictor, image, new() { TileSize = 64, TileMargin = 32 });

        Assert.IsLessThan(1, Agreement(whole, tiled));
    }

    [TestMethod]
    public void ImagesSmallerThanATileAreNotCut()
    {
        DecodedSample image = Image(2, 96, 64);
        using SegmentationPredictor predictor = Create("deeplab-squeezenet1_1");
        CollectionAssert.AreEqual(Labels(predictor, image, new()), Labels(predictor, image, new() { TileSize = 96 }));
    }

    [TestMethod]
    [DataRow("deeplab-squeezenet1_1")]
    [DataRow("pspnet-resnet18")]
    public void BFloat16GivesNearlyTheMasksOfFloat32AndGivesTheWeightsBack(string network)
    {
        DecodedSample image = Image(3, 160, 120);
        using SegmentationPredictor predictor = Create(network);
        byte[] before = Labels(predictor, image, new());

        byte[] rounded = Labels(predictor, image, new() { Precision = Precision.BFloat16 });
        predictor.ReadNetwork(net => Assert.IsTrue(net.parameters().All(parameter => parameter.dtype == ScalarType.Float32)));
        CollectionAssert.AreEqual(rounded, Labels(predictor, image, new() { Precision = Precision.BFloat16 }));

        AssertAgree(before, rounded, 0.9);
        CollectionAssert.AreEqual(before, Labels(predictor, image, new()));
    }

    [TestMethod]
    public void AveragedProbabilitiesAreTheMeanOfTheirPasses()
    {
        // Mirrored, the image is its own mirror image's other half; so the two averages are mirror images of each other.
        DecodedSample image = Image(4, 96, 64);
        DecodedSample mirrored = Mirror(image);
        using SegmentationPredictor predictor = Create("deeplab-squeezenet1_1");
        predictor.Options = new() { Mirror = true };

        float[] plain = Predict(predictor, image).Probabilities!;
        float[] other = Predict(predictor, mirrored).Probabilities!;

        float largest = 0;
        for (int i = 0; i < plain.Length; i++)
        {
            int x = i % 96;
            largest = Math.Max(largest, Math.Abs(plain[i] - other[i - x + 95 - x]));
        }

        Assert.IsLessThan(1e-4f, largest);
        for (int pixel = 0; pixel < 96 * 64; pixel++)
        {
            Assert.AreEqual(1, Enumerable.Range(0, Classes).Sum(k => plain[(k * 96 * 64) + pixel]), 1e-4);
        }
    }

    [TestMethod]
    public void SeveralScalesAreAveragedInTheImagesSize()
    {
        DecodedSample image = Image(5, 128, 96);
        using SegmentationPredictor predictor = Create("deeplab-squeezenet1_1");

        predictor.Options = new() { Scales = [0.75, 1, 1.25], Mirror = true };
        SegmentationPrediction averaged = Predict(predictor, image);
        predictor.Options = new() { Scales = [1, 1] };
        SegmentationPrediction twice = Predict(predictor, image);
        predictor.Options = new();
        SegmentationPrediction once = Predict(predictor, image);

        Assert.HasCount(128 * 96, averaged.Labels);
        Assert.IsTrue(averaged.Probabilities!.All(static p => p is >= 0 and <= 1.0001f));
        CollectionAssert.AreNotEqual(once.Labels, averaged.Labels);
        AssertAgree(once.Labels, twice.Labels, 0.9);
    }

    [TestMethod]
    public void TheConfidenceIsTheLargestProbabilityHoweverItIsScored()
    {
        DecodedSample image = Image(5, 128, 96);
        using SegmentationPredictor predictor = Create("deeplab-squeezenet1_1");
        foreach (ScoringOptions options in new ScoringOptions[]
        {
            new(),
            new() { TileSize = 64 },
            new() { Scales = [0.5, 1], Mirror = true },
            new() { Precision = Precision.BFloat16 },
        })
        {
            predictor.Options = options;
            SegmentationPrediction plain = Predict(predictor, image);
            SegmentationPrediction sure = predictor.Predict([image], [new ImageSize(128, 96)], probabilities: false, confidences: true)[0];

            CollectionAssert.AreEqual(plain.Labels, sure.Labels);
            Assert.IsNull(plain.Confidences);
            Assert.IsNull(sure.Probabilities);
            Assert.HasCount(128 * 96, sure.Confidences!);
            float farthest = 0;
            for (int pixel = 0; pixel < 128 * 96; pixel++)
            {
                float largest = Enumerable.Range(0, Classes).Max(k => plain.Probabilities![(k * 128 * 96) + pixel]);
                farthest = Math.Max(farthest, Math.Abs(largest - sure.Confidences![pixel]));
            }

            Assert.IsLessThan(1e-5f, farthest);
        }
    }

    [TestMethod]
    public void OptionsOutOfRangeAreRefusedByName()
    {
        Refuse(() => new ScoringOptions { TileSize = 63 }, nameof(ScoringOptions.TileSize), "64 to 65535");
        Refuse(() => new ScoringOptions { TileMargin = 31 }, nameof(ScoringOptions.TileMargin), "32 to 2048");
        Refuse(() => new ScoringOptions { Scales = [] }, "Scales.Count", "1 to 16");
        Refuse(() => new ScoringOptions { Scales = [1, double.NaN] }, nameof(ScoringOptions.Scales), "0.1 to 8");
        Refuse(() => new ScoringOptions { Precision = (Precision)2 }, nameof(ScoringOptions.Precision), "Float32, BFloat16");

        static void Refuse(Func<ScoringOptions> create, string name, string range)
        {
            ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ = create());
            Assert.AreEqual(name, error.ParamName);
            StringAssert.Contains(error.Message, range);
        }
    }

    [TestMethod]
    public void ScoringLeavesNoTensorsBehind()
    {
        using SegmentationPredictor predictor = Create("deeplab-squeezenet1_1");
        predictor.Options = new() { Scales = [0.5, 1], Mirror = true, TileSize = 64, Precision = Precision.BFloat16 };
        Predict(predictor, Image(6, 128, 96));
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Predict(predictor, Image(7, 128, 96));
        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static SegmentationPredictor Create(string name)
    {
        SegmentationNetwork network = SegmentationNetworks.Get(name).Create(Classes);
        using Generator generator = new(3, CPU);
        network.InitializeWeights(generator);
        using (no_grad())
        {
            // Classifiers start at zero, where all classes are equal.
            foreach ((_, TorchSharp.Modules.Parameter parameter) in network.named_parameters().Where(
                pair => !pair.name.StartsWith("backbone", StringComparison.Ordinal)))
            {
                parameter.normal_(0, 0.05, generator);
            }
        }

        return new SegmentationPredictor(network, InputNormalization.ImageNet, CPU);
    }

    private static SegmentationPrediction Predict(SegmentationPredictor predictor, DecodedSample image) =>
        predictor.Predict([image], [new ImageSize(image.Width, image.Height)], probabilities: true)[0];

    private static byte[] Labels(SegmentationPredictor predictor, DecodedSample image, ScoringOptions options)
    {
        predictor.Options = options;
        return Predict(predictor, image).Labels;
    }

    /// <summary>Coarse patches of colour with noise.</summary>
    private static DecodedSample Image(int seed, int width, int height)
    {
        Random random = new(seed);
        byte[] patches = new byte[3 * 64];
        random.NextBytes(patches);
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.Length; i++)
        {
            int patch = (i / 3 % width * 8 / width) + (8 * (i / 3 / width * 8 / height));
            pixels[i] = (byte)Math.Clamp(patches[(3 * patch) + (i % 3)] + random.Next(-20, 20), 0, 255);
        }

        return new DecodedSample(width, height, pixels);
    }

    private static DecodedSample Mirror(DecodedSample image)
    {
        byte[] pixels = new byte[image.Pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / 3 % image.Width;
            pixels[i] = image.Pixels[i + (3 * (image.Width - 1 - (2 * x)))];
        }

        return new DecodedSample(image.Width, image.Height, pixels);
    }

    private static double Agreement(byte[] expected, byte[] actual) =>
        expected.Zip(actual).Average(static pair => pair.First == pair.Second ? 1.0 : 0);

    private static void AssertAgree(byte[] expected, byte[] actual, double share)
    {
        Assert.IsGreaterThan(1, expected.Distinct().Count());
        Assert.IsGreaterThanOrEqualTo(share, Agreement(expected, actual));
    }
}
