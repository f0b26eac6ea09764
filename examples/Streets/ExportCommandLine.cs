using System.CommandLine;
using Road.Torch.Data;

namespace Streets;

/// <summary>The options of <c>export</c>.</summary>
internal static class ExportCommandLine
{
    public static Command Create()
    {
        Option<FileInfo> model = CommandOptions.Required<FileInfo>("--model", "The model file.", "M.zip");
        Option<FileInfo> onnx = CommandOptions.Required<FileInfo>("--onnx", "The ONNX file to write.", "OUT.onnx");
        Option<StreetsDevice?> device = CommandOptions.Device();
        Option<ImageSize?> size = CommandOptions.Size(
            "--size", "The size of the one image that a run takes; number and size are free in each run if not given.");
        device.Description = "What the model is loaded on, cpu if not given; the file is the same.";
        Command command = new("export", "Writes a model as ONNX, which runs without TorchSharp.") { model, onnx, size, device };
        command.SetAction(result => Outcome.Of(cancellation => ExportCommand.Run(
            result.GetRequiredValue(model).FullName, result.GetRequiredValue(onnx).FullName, result.GetValue(size),
            result.GetValue(device) ?? StreetsDevice.Cpu, cancellation)));
        return command;
    }
}
