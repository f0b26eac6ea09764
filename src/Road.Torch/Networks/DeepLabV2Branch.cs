using Road.Torch.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>A branch of <see cref="DeepLabV2"/> in the form published on VGG-16.</summary>
internal sealed class DeepLabV2Branch : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private const int Channels = 1024;
    private const double Dropout = 0.5;
    private readonly Conv2d _fc6;
    private readonly GeneratedDropout _dropout6;
    private readonly Conv2d _fc7;
    private readonly GeneratedDropout _dropout7;
    private readonly Conv2d _fc8;

    public DeepLabV2Branch(int inputs, int classCount, int dilation)
        : base("branch")
    {
        _fc6 = BlankLayers.Conv2d(inputs, Channels, 3, padding: dilation, dilation: dilation);
        _dropout6 = new GeneratedDropout(Dropout);
        _fc7 = BlankLayers.Conv2d(Channels, Channels, 1);
        _dropout7 = new GeneratedDropout(Dropout);
        _fc8 = BlankLayers.Conv2d(Channels, classCount, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Classify(input.Through(_fc6));

    /// <summary>The logits of <paramref name="count"/> rows of a map from row <paramref name="top"/> on.</summary>
    public Tensor ClassifyRows(Tensor map, long top, long count) => Classify(_fc6.Rows(map, top, count));

    /// <inheritdoc/>
    public OnnxValue Export(OnnxGraph graph, OnnxValue input)
    {
        OnnxValue x = graph.Relu(graph.Apply(_fc6, input));
        return graph.Apply(_fc8, graph.Relu(graph.Apply(_fc7, x)));
    }

    /// <summary>Draws the inner weights from the generator and sets the classifier's to zero.</summary>
    public void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(_fc6, generator);
        WeightInitialization.KaimingNormal(_fc7, generator);
        WeightInitialization.Zero(_fc8);
        GeneratedDropout.Seed(this, generator);
    }

    /// <summary>What follows the first layer, whose output nothing else reads.</summary>
    private Tensor Classify(Tensor hidden) =>
        hidden.ThenRelu().Then(_dropout6).Then(_fc7).ThenRelu().Then(_dropout7).Then(_fc8);
}
