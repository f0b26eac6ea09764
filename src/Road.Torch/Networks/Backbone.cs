using Road.Torch.Onnx;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>
/// A convolutional feature extractor: <c>N x 3 x H x W, float32</c> (normalised as its weights expect) to
/// <see cref="BackboneFeatures"/>. Derive from it, inside this assembly or outside, to add a backbone.
/// </summary>
public abstract class Backbone : nn.Module<Tensor, BackboneFeatures>
{
    /// <summary>Initialises the module.</summary>
    /// <param name="name">The backbone's name, such as <c>vgg16</c>.</param>
    protected Backbone(string name)
        : base(name)
    {
        // Before the first convolution, wherever a program begins.
        TorchRuntime.EnsureAvailable();
    }

    /// <summary>The number of channels of <see cref="BackboneFeatures.Last"/>.</summary>
    public abstract int OutputChannels { get; }

    /// <summary>The number of channels of <see cref="BackboneFeatures.Intermediate"/>; null where there is no such map.</summary>
    public virtual int? IntermediateChannels => null;

    /// <summary>How many input pixels one step of the last feature map spans in each direction.</summary>
    public abstract int OutputStride { get; }

    /// <summary>The stages, from the input on; <see cref="FreezeStages"/> counts along this list.</summary>
    public abstract IReadOnlyList<BackboneStage> Stages { get; }

    /// <summary>
    /// Adds what the backbone computes in evaluation mode to a graph. A backbone outside this assembly can be exported to ONNX
    /// where it overrides this.
    /// </summary>
    /// <param name="graph">The graph to add to.</param>
    /// <param name="images">Normalised images, <c>N x 3 x H x W, float32</c>, of any size.</param>
    /// <returns>The feature maps.</returns>
    /// <exception cref="NotSupportedException">The backbone does not describe itself.</exception>
    public virtual OnnxFeatures ExportFeatures(OnnxGraph graph, OnnxValue images) => throw new NotSupportedException(
        $"The backbone '{GetName()}' ({GetType().Name}) cannot be exported to ONNX: it does not override {nameof(ExportFeatures)}.");

    /// <summary>Stops the gradients of the first <paramref name="count"/> stages' parameters.</summary>
    /// <param name="count">How many stages to freeze: 0 to the number of stages.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is outside that range.</exception>
    public void FreezeStages(int count)
    {
        if (count < 0 || count > Stages.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count, $"FrozenStages must be 0 to {Stages.Count} for the backbone '{GetName()}'.");
        }

        foreach (BackboneStage stage in Stages.Take(count))
        {
            foreach (nn.Module module in stage.Modules)
            {
                foreach (TorchSharp.Modules.Parameter parameter in module.parameters())
                {
                    parameter.requires_grad_(false);
                }
            }
        }
    }

    /// <summary>
    /// Puts every <see cref="TorchSharp.Modules.BatchNorm2d"/> into evaluation, so that it keeps its pretrained statistics, and
    /// stops the gradients of its scale and shift. A call of <c>train()</c> undoes the first part.
    /// </summary>
    public void FreezeNormalization()
    {
        foreach (TorchSharp.Modules.BatchNorm2d norm in modules().OfType<TorchSharp.Modules.BatchNorm2d>())
        {
            norm.eval();
            foreach (TorchSharp.Modules.Parameter parameter in norm.parameters())
            {
                parameter.requires_grad_(false);
            }
        }
    }
}
