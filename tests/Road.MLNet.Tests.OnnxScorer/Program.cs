using Microsoft.ML;
using Microsoft.ML.Data;

// A process of its own that knows neither Road nor TorchSharp: runs an ONNX model on an image in an ML.NET pipeline and
// writes the mask's class indices. Arguments: model, image, output file, and "fixed" for a model of one size.
string onnxFile = args[0];
var ml = new MLContext();
using var picture = MLImage.CreateFromFile(args[1]);
int width = picture.Width;
int height = picture.Height;
// README begins
var shapes = new Dictionary<string, int[]> { ["image"] = [1, 3, height, width] };
var pipeline = ml.Transforms.LoadImages("Picture", null, "ImagePath")
    .Append(ml.Transforms.ResizeImages("Picture", width, height))
    .Append(ml.Transforms.ExtractPixels("image", "Picture"))
    .Append(ml.Transforms.ApplyOnnxModel(["mask"], ["image"], onnxFile, shapes, recursionLimit: 100));
// README ends
if (args.Length > 3)
{
    pipeline = ml.Transforms.LoadImages("Picture", null, "ImagePath")
        .Append(ml.Transforms.ResizeImages("Picture", width, height))
        .Append(ml.Transforms.ExtractPixels("image", "Picture"))
        .Append(ml.Transforms.ApplyOnnxModel(onnxFile));
}

IDataView rows = ml.Data.LoadFromEnumerable([new Row { ImagePath = args[1] }]);
VBuffer<byte> mask = pipeline.Fit(rows).Transform(rows).GetColumn<VBuffer<byte>>("mask").Single();
File.WriteAllBytes(args[2], [.. mask.DenseValues()]);

internal sealed class Row
{
    public string ImagePath { get; set; } = string.Empty;
}
