using Microsoft.ML;
using Microsoft.ML.Data;

// A process of its own that knows nothing but Road.MLNet: loads a model, scores the images of a folder and writes the
// label masks' keys one after the other. Arguments: model, folder of images, output file.
var ml = new MLContext();
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
