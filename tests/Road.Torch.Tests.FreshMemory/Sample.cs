using System.Security.Cryptography;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.FreshMemory;

/// <summary>One step and one scored image of a network.</summary>
internal static class Sample
{
    // Odd sizes, so that strided maps and vectors do not come out even.
    private const int CropSize = 65;
    private const int ImageWidth = 93;
    private const int ImageHeight = 67;
    private const int HiddenChannels = 256;

    /// <summary>Runs them.</summary>
    /// <returns>Digests of the weights and of the mask, and what is not finite.</returns>
    public static string Run(string networkName, int classes, Precision precision, string variant)
    {
        RoadTrainingOptions options = new()
        {
            CropSize = CropSize,
            BatchSize = 2,
            Iterations = 1,
            LearningRate = 1e-4,
            Precision = precision,
            MaxGradientNorm = 1,
            PreparationCrops = 2,
        };
        AdaptationVariants.Apply(variant, options);
        SegmentationNetworkFactory factory = Factory(networkName);
        using DisposeScope scope = NewDisposeScope();
        using SegmentationNetwork network = factory.Create(classes);
        using (Generator generator = new(7, CPU))
        {
            network.InitializeWeights(generator);
        }

        using Backbone teacher = factory.CreateBackbone();
        teacher.load_state_dict(network.Backbone.state_dict());
        using (RoadEngine engine = new(
            network, teacher, options, InputNormalization.ImageNet, CPU, seed: 11, () => factory.Create(classes)))
        {
            TrainingBatch batch = new([Crop(1, classes), Crop(2, classes)], [Crop(3, 0), Crop(4, 0)]);
            engine.Prepare([new TrainingBatch([Crop(5, classes)], []), new TrainingBatch([Crop(6, classes)], [])]);
            engine.NormalizeFeatures(batch);
            engine.Step(batch, options.LearningRate);
        }

        string weights = Digest(network);
        string[] broken = [
            .. network.state_dict().Where(static pair => !pair.Value.isfinite().all().item<bool>()).Select(static pair => pair.Key)];
        using SegmentationPredictor predictor = new(
            network, InputNormalization.ImageNet, CPU, new ScoringOptions { Precision = precision });
        byte[] pixels = new byte[ImageWidth * ImageHeight * 3];
        new Random(9).NextBytes(pixels);
        SegmentationPrediction prediction = predictor.Predict(
            [new DecodedSample(ImageWidth, ImageHeight, pixels)], [new ImageSize(ImageWidth, ImageHeight)], probabilities: true)[0];
        bool scoresAreFinite = prediction.Probabilities!.All(float.IsFinite);
        return $"{weights} {Convert.ToHexString(SHA256.HashData(prediction.Labels))} "
            + (broken.Length > 0 ? $"not finite: {string.Join(' ', broken)}" : scoresAreFinite ? "finite" : "scores are not finite");
    }

    // The fully connected layers of two networks have as many weights as all others together, and their channels fill vectors anyway.
    private static SegmentationNetworkFactory Factory(string name) => name switch
    {
        OddFactory.NetworkName => new OddFactory(),
        "dilatednet-vgg16" => new DilatedNetFactory { HiddenChannels = HiddenChannels },
        "fcn8s-vgg16" => new Fcn8sFactory { HiddenChannels = HiddenChannels },
        _ => SegmentationNetworks.Get(name),
    };

    private static Crop Crop(int seed, int classes)
    {
        Random random = new(seed);
        byte[] pixels = new byte[CropSize * CropSize * 3];
        random.NextBytes(pixels);
        byte[]? labels = classes == 0 ? null : new byte[CropSize * CropSize];
        for (int i = 0; i < labels?.Length; i++)
        {
            labels[i] = (byte)(i / CropSize * classes / CropSize);
        }

        return new Crop(pixels, labels, new CropWindow(10, 5, CropSize, CropSize, 120, 90, false), 0, classes > 0);
    }

    private static string Digest(SegmentationNetwork network)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor tensor in network.state_dict().Values)
        {
            using Tensor whole = tensor.contiguous();
            hash.AppendData(whole.bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
