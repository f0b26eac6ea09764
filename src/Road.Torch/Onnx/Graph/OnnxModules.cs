using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Onnx;

/// <summary>The operators that TorchSharp's own layers become.</summary>
internal static class OnnxModules
{
    /// <summary>Adds what a module computes in evaluation mode.</summary>
    /// <exception cref="NotSupportedException">The module, or a setting of it, has no export; the message names it.</exception>
    public static OnnxValue Apply(OnnxGraph graph, nn.Module<Tensor, Tensor> module, OnnxValue input) => module switch
    {
        IOnnxModule own => own.Export(graph, input),
        Sequential sequence => sequence.children().Aggregate(input, (x, layer) => Apply(graph, Layer(layer), x)),
        ConvTranspose2d convolution => TransposedConvolution(graph, convolution, input),
        Conv2d convolution => Convolution(graph, convolution, input),
        BatchNorm2d norm => BatchNorm(graph, norm, input),
        ReLU => graph.Relu(input),
        MaxPool2d pooling => MaxPool(graph, pooling, input),
        AdaptiveAvgPool2d pooling => AdaptivePooling.Export(graph, input, Pair(pooling.output_size)),
        Identity or Dropout or Dropout2d => input,
        _ => throw NoExport(module, "it must be a layer that the export knows, or implement IOnnxModule"),
    };

    private static nn.Module<Tensor, Tensor> Layer(nn.Module module) =>
        module as nn.Module<Tensor, Tensor> ?? throw NoExport(module, "it does not take one tensor and give one");

    private static OnnxValue Convolution(OnnxGraph graph, Conv2d convolution, OnnxValue input)
    {
        EnsureZeroPadding(convolution);
        return graph.Node(
            "Conv",
            Operands(graph, convolution, input),
            new("kernel_shape", convolution.weight!.shape[2..]),
            new("strides", Pair(convolution.stride)),
            new("pads", BothEnds(convolution.padding)),
            new("dilations", Pair(convolution.dilation)),
            new("group", convolution.groups));
    }

    private static OnnxValue TransposedConvolution(OnnxGraph graph, ConvTranspose2d convolution, OnnxValue input)
    {
        EnsureZeroPadding(convolution);
        return graph.Node(
            "ConvTranspose",
            Operands(graph, convolution, input),
            new("kernel_shape", convolution.weight!.shape[2..]),
            new("strides", Pair(convolution.stride)),
            new("pads", BothEnds(convolution.padding)),
            new("output_padding", Pair(convolution.output_padding)),
            new("dilations", Pair(convolution.dilation)),
            new("group", convolution.groups));
    }

    private static OnnxValue BatchNorm(OnnxGraph graph, BatchNorm2d norm, OnnxValue input)
    {
        if (!norm.affine || norm.running_mean is null || norm.running_var is null)
        {
            throw NoExport(norm, "it must have scale, shift and running statistics");
        }

        return graph.Node(
            "BatchNormalization",
            [input, graph.Weight(norm.weight!), graph.Weight(norm.bias!), graph.Weight(norm.running_mean), graph.Weight(norm.running_var)],
            new OnnxAttribute("epsilon", (float)norm.eps));
    }

    private static OnnxValue MaxPool(OnnxGraph graph, MaxPool2d pooling, OnnxValue input) => graph.Node(
        "MaxPool",
        [input],
        new("kernel_shape", Pair(pooling.kernel_size)),
        new("strides", Pair(pooling.stride ?? pooling.kernel_size)),
        new("pads", BothEnds(pooling.padding ?? [0])),
        new("dilations", Pair(pooling.dilation ?? [1])),
        new("ceil_mode", pooling.ceil_mode ? 1 : 0));

    private static List<OnnxValue> Operands(OnnxGraph graph, Convolution convolution, OnnxValue input)
    {
        List<OnnxValue> operands = [input, graph.Weight(convolution.weight!)];
        if (convolution.bias is { } bias)
        {
            operands.Add(graph.Weight(bias));
        }

        return operands;
    }

    private static void EnsureZeroPadding(Convolution convolution)
    {
        if (convolution.padding_type is not null || convolution.padding_mode != PaddingModes.Zeros)
        {
            throw NoExport(convolution, "it must pad with a given number of zeros");
        }
    }

    /// <summary>A setting for height and width, which modules may give as one number.</summary>
    private static long[] Pair(long[] setting) => setting.Length == 1 ? [setting[0], setting[0]] : setting;

    /// <summary>A padding at the beginning of height and width and then at their ends.</summary>
    private static long[] BothEnds(long[] padding) => [.. Pair(padding), .. Pair(padding)];

    private static NotSupportedException NoExport(nn.Module module, string requirement) =>
        new($"The module '{module.GetName()}' ({module.GetType().Name}) cannot be exported to ONNX: {requirement}.");
}
