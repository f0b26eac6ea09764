using Road.Torch.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QuickStart.Pretraining;

/// <summary>
/// A backbone, global average pooling and a linear layer: <c>N x 3 x H x W, float32</c> to one logit a kind,
/// <c>N x K, float32</c>.
/// </summary>
internal sealed class ObjectClassifier : nn.Module<Tensor, Tensor>
{
    private readonly Backbone backbone;
    private readonly Linear kinds;

    public ObjectClassifier(Backbone backbone, int kindCount, Generator generator)
        : base("object-classifier")
    {
        this.backbone = backbone;
        kinds = nn.Linear(backbone.OutputChannels, kindCount);
        RegisterComponents();
        WeightInitialization.KaimingNormal(backbone, generator);
        WeightInitialization.Normal(kinds, 0.01, generator);
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return kinds.call(backbone.call(input).Last.mean([2, 3])).MoveToOuterDisposeScope();
    }
}
