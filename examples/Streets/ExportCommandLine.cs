using System.CommandLine;

namespace Streets;

/// <summary>The options of <c>export</c>.</summary>
internal static class ExportCommandLine
{
    public static Command Create()
    {
        Option<FileInfo> model = CommandOptions.Required<FileInfo>("--model", "The model file.", "M.zip");
        Option<FileInfo> onnx = CommandOptions.Required<FileInfo>("--onnx", "The ONNX file to write.", "OUT.onnx");
        Command command = new("export", "Writes a model as ONNX, which runs without TorchSharp.") { model, onnx };
        command.SetAction(result => Outcome.Of(cancellation => ExportCommand.Run(
            result.GetRequiredValue(model).FullName, result.GetRequiredValue(onnx).FullName, cancellation)));
        return command;
    }
}
