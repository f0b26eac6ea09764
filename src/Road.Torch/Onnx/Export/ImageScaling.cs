using Road.Torch.Data;

namespace Road.Torch.Onnx;

/// <summary>
/// Scaling of images in a graph, down to the rounding as scoring does it with Skia: halved while one side is
/// at least twice as long as wanted, then interpolated bilinearly with weights in sixteenths.
/// </summary>
internal static class ImageScaling
{
    // Images up to 32 times as large as the size wanted are averaged over all of their pixels.
    private const int Halvings = 5;

    /// <summary>Adds the scaling.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="image">Images, <c>N x 3 x H x W, float32</c>, whole numbers of 0 to 255.</param>
    /// <param name="target">The size wanted.</param>
    /// <param name="fit">What becomes of the images' aspect ratio.</param>
    /// <returns>Images of the size of <see cref="ImageSize.FitTo"/>, <c>float32</c>, whole numbers of 0 to 255.</returns>
    public static OnnxValue Export(OnnxGraph graph, OnnxValue image, ImageSize target, ImageFit fit)
    {
        OnnxValue size = graph.Size(image);
        OnnxValue height = Element(graph, size, 0);
        OnnxValue width = Element(graph, size, 1);
        OnnxValue targetHeight = graph.Integers(target.Height);
        OnnxValue targetWidth = graph.Integers(target.Width);
        if (fit == ImageFit.KeepAspectRatio)
        {
            OnnxValue isWide = graph.Node(
                "GreaterOrEqual", [graph.Node("Mul", [width, targetHeight]), graph.Node("Mul", [height, targetWidth])]);
            OnnxValue wideHeight = Scale(graph, height, targetWidth, width);
            OnnxValue highWidth = Scale(graph, width, targetHeight, height);
            (targetHeight, targetWidth) = (
                graph.Node("Where", [isWide, wideHeight, targetHeight]), graph.Node("Where", [isWide, targetWidth, highWidth]));
        }

        Axis rows = new(graph, height, targetHeight);
        Axis columns = new(graph, width, targetWidth);
        OnnxValue ratio = graph.Node("Max", [rows.Ratio, columns.Ratio]);
        OnnxValue level = image;
        for (int i = 1; i <= Halvings; i++)
        {
            OnnxValue isLarger = graph.Node("GreaterOrEqual", [ratio, graph.Floats([1], 1 << i)]);
            level = graph.Node("Floor", [columns.Halve(rows.Halve(level, 2, isLarger), 3, isLarger)]);
        }

        OnnxValue spread = graph.Node("Transpose", [columns.Weights()], new OnnxAttribute("perm", [1, 0]));
        return graph.Node("Floor", [graph.Node("MatMul", [graph.Node("MatMul", [rows.Weights(), level]), spread])]);
    }

    private static OnnxValue Element(OnnxGraph graph, OnnxValue vector, int index) => graph.Node("Gather", [vector, graph.Integers(index)]);

    /// <summary>A side that is scaled as the other one is from its length to its target, rounded as in <see cref="ImageSize.FitTo"/>.</summary>
    private static OnnxValue Scale(OnnxGraph graph, OnnxValue side, OnnxValue target, OnnxValue other)
    {
        OnnxValue two = graph.Integers(2);
        OnnxValue twice = graph.Node("Mul", [graph.Node("Mul", [side, target]), two]);
        OnnxValue rounded = graph.Node("Div", [graph.Node("Add", [twice, other]), graph.Node("Mul", [other, two])]);
        return graph.Node("Max", [rounded, graph.Integers(1)]);
    }

    /// <summary>The scaling of rows or of columns; lengths are vectors of one element, <c>int64</c>.</summary>
    private sealed class Axis
    {
        private readonly OnnxGraph graph;
        private readonly OnnxValue original;
        private readonly OnnxValue target;
        private OnnxValue length;

        public Axis(OnnxGraph graph, OnnxValue length, OnnxValue target)
        {
            this.graph = graph;
            this.target = target;
            this.length = length;
            original = graph.Float(length);
            Ratio = graph.Node("Div", [original, graph.Float(target)]);
        }

        /// <summary>How many times as long as wanted the axis is, <c>float32</c>.</summary>
        public OnnxValue Ratio { get; }

        /// <summary>
        /// Halves an axis of a map where a condition holds: the average of two pixels, or where the length is odd, of three,
        /// the middle one twice.
        /// </summary>
        public OnnxValue Halve(OnnxValue map, long axis, OnnxValue condition)
        {
            OnnxValue last = graph.Node("Sub", [length, graph.Integers(1)]);
            OnnxValue isOdd = graph.Node("Equal", [graph.Node("Mod", [length, graph.Integers(2)]), graph.Integers(1)]);
            OnnxValue half = graph.Node("Max", [graph.Node("Div", [length, graph.Integers(2)]), graph.Integers(1)]);
            length = If(half, length);
            OnnxValue first = graph.Node("Mul", [graph.Positions(length), If(graph.Integers(2), graph.Integers(1))]);
            OnnxValue outer = graph.Node("Where", [isOdd, Number(0.25f), Number(0.5f)]);
            OnnxValue far = graph.Node("Where", [isOdd, Number(0.25f), Number(0)]);
            OnnxValue sum = graph.Node("Add", [Part(0, If(outer, Number(1))), Part(1, If(Number(0.5f), Number(0)))]);
            return graph.Node("Add", [sum, Part(2, If(far, Number(0)))]);

            OnnxValue If(OnnxValue then, OnnxValue otherwise) => graph.Node("Where", [condition, then, otherwise]);
            OnnxValue Number(float value) => graph.Floats([1], value);

            OnnxValue Part(long offset, OnnxValue weight)
            {
                OnnxValue positions = graph.Node("Min", [graph.Node("Add", [first, graph.Integers(offset)]), last]);
                return graph.Node("Mul", [graph.Node("Gather", [map, positions], new OnnxAttribute("axis", axis)), weight]);
            }
        }

        /// <summary>How much each row counts in each interpolated row, <c>target x length, float32</c>.</summary>
        public OnnxValue Weights()
        {
            // Skia's step from row to row, with its roundings to float32: a position on the border of two sixteenths falls as there.
            OnnxValue inverse = graph.Node("Div", [graph.Floats([1], 1), graph.Node("Div", [graph.Float(target), original])]);
            OnnxValue step = graph.Node("Mul", [inverse, graph.Node("Div", [graph.Float(length), original])]);
            OnnxValue positions = graph.Node("Unsqueeze", [graph.Float(graph.Positions(target)), graph.Integers(1)]);
            OnnxValue centres = graph.Node("Add", [positions, graph.Floats([], 0.5f)]);
            OnnxValue sources = graph.Node("Sub", [graph.Node("Mul", [graph.Double(centres), graph.Double(step)]), graph.Double(graph.Floats([], 0.5f))]);
            OnnxValue sixteen = graph.Floats([], 16);
            OnnxValue sixteenths = graph.Float(graph.Node("Floor", [graph.Node("Mul", [sources, graph.Double(sixteen)])]));
            OnnxValue last = graph.Float(graph.Node("Sub", [length, graph.Integers(1)]));
            OnnxValue inside = graph.Node("Max", [graph.Node("Min", [graph.Node("Div", [sixteenths, sixteen]), last]), graph.Floats([], 0)]);
            OnnxValue distances = graph.Node("Abs", [graph.Node("Sub", [inside, graph.Float(graph.Positions(length))])]);
            return graph.Relu(graph.Node("Sub", [graph.Floats([], 1), distances]));
        }
    }
}
