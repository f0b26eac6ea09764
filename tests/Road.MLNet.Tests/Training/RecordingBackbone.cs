using System.Collections.Concurrent;
using Road.Torch.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.MLNet.Tests.Training;

/// <summary>One strided convolution that records the size of its input and whether each image is of one colour.</summary>
internal sealed class RecordingBackbone : Backbone
{
    private readonly Conv2d conv = nn.Conv2d(3, 4, 3, stride: 4, padding: 1);

    public RecordingBackbone()
        : base("recording")
    {
        RegisterComponents();
        Stages = [new("conv", [conv])];
    }

    /// <summary>The images of all recording backbones, in order.</summary>
    public static ConcurrentQueue<(int Width, int Height, bool IsUniform)> Seen { get; } = new();

    public override int OutputChannels => 4;

    public override int OutputStride => 4;

    public override IReadOnlyList<BackboneStage> Stages { get; }

    public override BackboneFeatures forward(Tensor input)
    {
        for (int i = 0; i < input.shape[0]; i++)
        {
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            Tensor image = input[i].detach().flatten(1);
            bool isUniform = (image.amax([1]) - image.amin([1])).max().to(ScalarType.Float32).item<float>() < 1e-5;
            Seen.Enqueue(((int)input.shape[3], (int)input.shape[2], isUniform));
        }

        return new BackboneFeatures(conv.call(input).relu_());
    }
}
