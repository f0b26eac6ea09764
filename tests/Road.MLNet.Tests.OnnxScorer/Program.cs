using Microsoft.ML;
using Microsoft.ML.Data;

// A process of its own that knows neither Road nor TorchSharp: runs an ONNX model on an image in an ML.NET pipeline and
// writes the mask's class indices. Arguments: model, image, output file.
var ml = new MLContext();
using var size = MLImage.CreateFromFile(args[1]);
var shapes = new Dictionary<string, int[]> { ["image"] = [1, 3, size.Height, size.Width] };
var pipeline = ml.Transforms.LoadImages("picture", null, "Path")
    .Append(ml.Transforms.ResizeImages("picture", size.Width, size.Height))
    .Append(ml.Transforms.ExtractPixels("image", "picture"))
    .Append(ml.Transforms.ApplyOnnxModel(["mask"], ["image"], args[0], shapes, recursionLimit: 100));
IDataView rows = ml.Data.LoadFromEnumerable([new Row { Path = args[1] }]);
VBuffer<byte> mask = pipeline.Fit(rows).Transform(rows).GetColumn<VBuffer<byte>>("mask").Single();
File.WriteAllBytes(args[2], [.. mask.DenseValues()]);

internal sealed class Row
{
    public string Path { get; set; } = string.Empty;
}
