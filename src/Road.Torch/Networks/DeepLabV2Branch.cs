using Road.Torch.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Networks;

/// <summary>A branch of <see cref="DeepLabV2"/> in the form published on VGG-16.</summary>
internal sealed class DeepLabV2Branch : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private const int Channels = 1024;
    private const double Dropout = 0.5;
    private readonly Conv2d fc6;
    private readonly GeneratedDropout dropout6;
    private readonly Conv2d fc7;
    private readonly GeneratedDropout dropout7;
    private readonly Conv2d fc8;

    public DeepLabV2Branch(int inputs, int classCount, int dilation)
        : base("branch")
    {
        fc6 = BlankLayers.Conv2d(inputs, Channels, 3, padding: dilation, dilation: dilation);
        dropout6 = new GeneratedDropout(Dropout);
        fc7 = BlankLayers.Conv2d(Channels, Channels, 1);
        dropout7 = new GeneratedDropout(Dropout);
        fc8 = BlankLayers.Conv2d(Channels, classCount, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Classify(input.Through(fc6));

    /// <summary>The logits of <paramref name="count"/> rows of a map from row <paramref name="top"/> on.</summary>
    public Tensor ClassifyRows(Tensor map, long top, long count) => Classify(fc6.Rows(map, top, count));

    /// <inheritdoc/>
    public OnnxValue Export(OnnxGraph graph, OnnxValue input)
    {
        OnnxValue x = graph.Relu(graph.Apply(fc6, input));
        return graph.Apply(fc8, graph.Relu(graph.Apply(fc7, x)));
    }

    /// <summary>Draws the inner weights from the generator and sets the classifier's to zero.</summary>
    public void InitializeWeights(Generator generator)
    {
        WeightInitialization.KaimingNormal(fc6, generator);
        WeightInitialization.KaimingNormal(fc7, generator);
        WeightInitialization.Zero(fc8);
        GeneratedDropout.Seed(this, generator);
    }

    /// <summary>What follows the first layer, whose output nothing else reads.</summary>
    private Tensor Classify(Tensor hidden) =>
        hidden.ThenRelu().Then(dropout6).Then(fc7).ThenRelu().Then(dropout7).Then(fc8);
}
