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

    /// <summary>
    /// A side that is scaled as the other one is from its length to its target, rounded as in <see cref="ImageSize.FitTo"/>.
    /// </summary>
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
        private readonly OnnxGraph _graph;
        private readonly OnnxValue _original;
        private readonly OnnxValue _target;
        private OnnxValue _length;

        public Axis(OnnxGraph graph, OnnxValue length, OnnxValue target)
        {
            _graph = graph;
            _target = target;
            _length = length;
            _original = graph.Float(length);
            Ratio = graph.Node("Div", [_original, graph.Float(target)]);
        }

        /// <summary>How many times as long as wanted the axis is, <c>float32</c>.</summary>
        public OnnxValue Ratio { get; }

        /// <summary>
        /// Halves an axis of a map where a condition holds: the average of two pixels, or where the length is odd, of three,
        /// the middle one twice.
        /// </summary>
        public OnnxValue Halve(OnnxValue map, long axis, OnnxValue condition)
        {
            OnnxValue last = _graph.Node("Sub", [_length, _graph.Integers(1)]);
            OnnxValue isOdd = _graph.Node("Equal", [_graph.Node("Mod", [_length, _graph.Integers(2)]), _graph.Integers(1)]);
            OnnxValue half = _graph.Node("Max", [_graph.Node("Div", [_length, _graph.Integers(2)]), _graph.Integers(1)]);
            _length = If(half, _length);
            OnnxValue first = _graph.Node("Mul", [_graph.Positions(_length), If(_graph.Integers(2), _graph.Integers(1))]);
            OnnxValue outer = _graph.Node("Where", [isOdd, Number(0.25f), Number(0.5f)]);
            OnnxValue far = _graph.Node("Where", [isOdd, Number(0.25f), Number(0)]);
            OnnxValue sum = _graph.Node("Add", [Part(0, If(outer, Number(1))), Part(1, If(Number(0.5f), Number(0)))]);
            return _graph.Node("Add", [sum, Part(2, If(far, Number(0)))]);

            OnnxValue If(OnnxValue then, OnnxValue otherwise) => _graph.Node("Where", [condition, then, otherwise]);
            OnnxValue Number(float value) => _graph.Floats([1], value);

            OnnxValue Part(long offset, OnnxValue weight)
            {
                OnnxValue positions = _graph.Node("Min", [_graph.Node("Add", [first, _graph.Integers(offset)]), last]);
                return _graph.Node("Mul", [_graph.Node("Gather", [map, positions], new OnnxAttribute("axis", axis)), weight]);
            }
        }

        /// <summary>How much each row counts in each interpolated row, <c>target x length, float32</c>.</summary>
        public OnnxValue Weights()
        {
            // Skia's step from row to row, with its roundings to float32: a position on the border of two sixteenths falls as there.
            OnnxValue inverse = _graph.Node("Div", [_graph.Floats([1], 1), _graph.Node("Div", [_graph.Float(_target), _original])]);
            OnnxValue step = _graph.Node("Mul", [inverse, _graph.Node("Div", [_graph.Float(_length), _original])]);
            OnnxValue positions = _graph.Node("Unsqueeze", [_graph.Float(_graph.Positions(_target)), _graph.Integers(1)]);
            OnnxValue centres = _graph.Node("Add", [positions, _graph.Floats([], 0.5f)]);
            OnnxValue sources = _graph.Node(
                "Sub", [_graph.Node("Mul", [_graph.Double(centres), _graph.Double(step)]), _graph.Double(_graph.Floats([], 0.5f))]);
            OnnxValue sixteen = _graph.Floats([], 16);
            OnnxValue sixteenths = _graph.Float(_graph.Node("Floor", [_graph.Node("Mul", [sources, _graph.Double(sixteen)])]));
            OnnxValue last = _graph.Float(_graph.Node("Sub", [_length, _graph.Integers(1)]));
            OnnxValue inside = _graph.Node(
                "Max", [_graph.Node("Min", [_graph.Node("Div", [sixteenths, sixteen]), last]), _graph.Floats([], 0)]);
            OnnxValue distances = _graph.Node("Abs", [_graph.Node("Sub", [inside, _graph.Float(_graph.Positions(_length))])]);
            return _graph.Relu(_graph.Node("Sub", [_graph.Floats([], 1), distances]));
        }
    }
}
