using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

// A process of its own that knows nothing but Road.MLNet: loads a model, scores the images of a folder and writes the
// label masks' keys one after the other. Arguments: model, folder of images, output file. With a folder alone it reads the
// folder's images into a class of its own and prints their sizes.
var ml = new MLContext();
if (args.Length == 1)
{
    IDataView files = ml.Data.LoadSegmentationFolder(args[0]);
    IDataView pictures = ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(files).Transform(files);
    foreach (Picture picture in ml.Data.CreateEnumerable<Picture>(pictures, reuseRowObject: false))
    {
        Console.WriteLine($"{picture.Image!.Width} x {picture.Image.Height}");
    }

    return;
}

ITransformer model = ml.Model.Load(args[0], out _);
Row[] rows = [.. Directory.GetFiles(args[1], "*.png").Order(StringComparer.Ordinal).Select(path => new Row { ImagePath = path })];
IDataView scored = model.Transform(ml.Data.LoadFromEnumerable(rows));
using FileStream output = File.Create(args[2]);
foreach (VBuffer<byte> mask in scored.GetColumn<VBuffer<byte>>("PredictedLabel"))
{
    output.Write(mask.GetValues());
}

internal sealed class Row
{
    public string ImagePath { get; set; } = string.Empty;
}

internal sealed class Picture
{
    public MLImage? Image { get; set; }
}
