using Microsoft.ML;
using Road.Torch.Data;

namespace Streets;

/// <summary><c>export</c>: writes a model as ONNX.</summary>
internal static class ExportCommand
{
    public static void Run(string modelFile, string onnxFile, ImageSize? size, StreetsDevice device, CancellationToken cancellation)
    {
        FilePlan plan = new();
        plan.Read(modelFile, "--model");
        plan.Write(onnxFile, "--onnx");

        MLContext ml = StreetsContext.Create(StreetsDevice.Choose(device));
        using StreetsModel model = StreetsModel.Load(ml, modelFile);
        cancellation.ThrowIfCancellationRequested();
        Directory.CreateDirectory(Path.GetDirectoryName(onnxFile)!);
        model.SaveAsOnnx(ml, onnxFile, size);
        Console.WriteLine($"Wrote {onnxFile}");
    }
}
