using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;
using Road.Torch.Weights;
using static TorchSharp.torch;

namespace Road.Benchmarks;

/// <summary>Scoring one image in memory with random weights.</summary>
internal sealed class ScoreWorkload : IDisposable
{
    private const int Classes = 7;
    private readonly SegmentationPredictor _predictor;
    private readonly DecodedSample _image;

    public ScoreWorkload(string networkName, int width, int height, ScoringOptions options)
    {
        SegmentationNetwork network = SegmentationNetworks.Get(networkName).Create(Classes);
        RandomWeights(network);
        _predictor = new SegmentationPredictor(network, InputNormalization.ImageNet, CPU, options);
        byte[] pixels = new byte[3 * width * height];
        Random random = new(1);
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((((i / 3 % width / 64 * 37) + (i / 3 / width / 64 * 53)) % 200) + random.Next(40));
        }

        _image = new DecodedSample(width, height, pixels);
    }

    /// <summary>Draws all weights, the classifiers' too, which start at zero otherwise and leave every class equal.</summary>
    public static void RandomWeights(SegmentationNetwork network)
    {
        using Generator generator = new(1, CPU);
        network.InitializeWeights(generator);
        using IDisposable noGradient = no_grad();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
        {
            if (!name.StartsWith("backbone", StringComparison.Ordinal) && parameter.dim() > 1)
            {
                parameter.normal_(0, Math.Sqrt(1.0 / (parameter.numel() / parameter.shape[0])), generator);
            }
        }
    }

    public byte[] Run() =>
        _predictor.Predict([_image], [new ImageSize(_image.Width, _image.Height)], probabilities: false)[0].Labels;

    public void Dispose() => _predictor.Dispose();
}
