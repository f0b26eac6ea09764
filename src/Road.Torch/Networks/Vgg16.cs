using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// VGG-16 up to relu5_3 (Simonyan and Zisserman, 2015): <c>N x 3 x H x W</c> to <c>N x 512 x h x w</c>, float32.
/// Parameter names are torchvision's, <c>features.0.weight</c> to <c>features.28.bias</c>.
/// </summary>
public sealed class Vgg16 : Backbone
{
    private const int NativeStride = 16;

    // Convolutions a stage, as published: each stage ends with a pooling, the last one's left out.
    private static readonly (int Convolutions, int Channels)[] Layout = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];

    private readonly Sequential features;

    /// <summary>Creates the backbone, its weights unspecified.</summary>
    /// <param name="outputStride">16, the network's own, or 8: the fourth pooling keeps its input's size and the fifth stage is dilated by 2.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="outputStride"/> is neither 8 nor 16.</exception>
    public Vgg16(int outputStride = 8)
        : base("vgg16")
    {
        if (outputStride is not (8 or NativeStride))
        {
            throw new ArgumentOutOfRangeException(nameof(outputStride), outputStride, "OutputStride of vgg16 must be 8 or 16.");
        }

        OutputStride = outputStride;
        List<(string, nn.Module<Tensor, Tensor>)> layers = [];
        List<BackboneStage> stages = [];
        int inputs = 3;
        for (int stage = 0; stage < Layout.Length; stage++)
        {
            (int convolutions, int channels) = Layout[stage];
            bool last = stage == Layout.Length - 1;
            int dilation = last ? NativeStride / outputStride : 1;
            List<nn.Module> modules = [];
            for (int i = 0; i < convolutions; i++)
            {
                Conv2d convolution = nn.Conv2d(inputs, channels, 3, padding: dilation, dilation: dilation);
                modules.Add(convolution);
                layers.Add((Index(), convolution));
                layers.Add((Index(), nn.ReLU(inplace: true)));
                inputs = channels;
            }

            stages.Add(new BackboneStage($"conv{stage + 1}", modules));
            if (!last)
            {
                bool keepsSize = stage == Layout.Length - 2 && outputStride != NativeStride;
                layers.Add((Index(), keepsSize ? nn.MaxPool2d(3, stride: 1, padding: 1) : nn.MaxPool2d(2, stride: 2)));
            }
        }

        features = nn.Sequential(layers);
        RegisterComponents();
        Stages = stages;

        string Index() => layers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public override int OutputChannels => 512;

    /// <inheritdoc/>
    public override int OutputStride { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<BackboneStage> Stages { get; }

    /// <inheritdoc/>
    public override BackboneFeatures forward(Tensor input) => new(features.call(input));
}
