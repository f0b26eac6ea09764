namespace Road.Torch.Onnx;

/// <summary>
/// Adaptive average pooling of maps whose size is known only when the graph runs. ONNX has no operator for it, so the
/// averages are products with two matrices, one for rows and one for columns, that the graph computes from the map's size.
/// </summary>
internal static class AdaptivePooling
{
    /// <summary>Adds the pooling.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="maps">Maps, <c>N x C x h x w, float32</c>.</param>
    /// <param name="bins">The rows and columns of bins.</param>
    /// <returns>Their averages, <c>N x C x rows x columns, float32</c>.</returns>
    public static OnnxValue Export(OnnxGraph graph, OnnxValue maps, IReadOnlyList<long> bins)
    {
        OnnxValue size = graph.Size(maps);
        OnnxValue rows = Weights(graph, graph.Node("Gather", [size, graph.Integers(0)]), bins[0]);
        OnnxValue columns = Weights(graph, graph.Node("Gather", [size, graph.Integers(1)]), bins[1]);
        OnnxValue rowAverages = graph.Node("MatMul", [rows, maps]);
        return graph.Node("MatMul", [rowAverages, graph.Node("Transpose", [columns], new OnnxAttribute("perm", [1, 0]))]);
    }

    /// <summary>
    /// How much each row counts in each bin, <c>bins x length</c>: bin i averages the rows from <c>floor(i length / bins)</c>
    /// to before <c>ceil((i + 1) length / bins)</c>, as torch does.
    /// </summary>
    private static OnnxValue Weights(OnnxGraph graph, OnnxValue length, long bins)
    {
        OnnxValue count = graph.Integers(bins);
        OnnxValue column = graph.Integers(-1, 1);
        OnnxValue first = graph.Node("Div", [graph.Node("Mul", [Index(0), length]), count]);
        OnnxValue pastLast = graph.Node(
            "Div", [graph.Node("Add", [graph.Node("Mul", [Index(1), length]), graph.Integers(bins - 1)]), count]);
        OnnxValue positions = graph.Positions(length);
        OnnxValue after = graph.Node("GreaterOrEqual", [positions, graph.Node("Reshape", [first, column])]);
        OnnxValue before = graph.Node("Less", [positions, graph.Node("Reshape", [pastLast, column])]);
        OnnxValue members = graph.Float(graph.Node("And", [after, before]));
        OnnxValue counts = graph.Float(graph.Node("Reshape", [graph.Node("Sub", [pastLast, first]), column]));
        return graph.Node("Div", [members, counts]);

        OnnxValue Index(int start) => graph.Integers([.. Enumerable.Range(start, (int)bins).Select(static i => (long)i)]);
    }
}
