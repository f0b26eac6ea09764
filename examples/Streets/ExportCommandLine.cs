using System.CommandLine;

namespace Streets;

/// <summary>The options of <c>export</c>.</summary>
internal static class ExportCommandLine
{
    /// <param name="guard">Runs the command and turns an exception into an exit code.</param>
    public static Command Create(Func<Action, int> guard)
    {
        Option<FileInfo> model = new("--model") { Description = "The model file.", HelpName = "M.zip", Required = true };
        Option<FileInfo> onnx = new("--onnx") { Description = "The ONNX file to write.", HelpName = "OUT.onnx", Required = true };
        Command command = new("export", "Writes a model as ONNX, which runs without TorchSharp.") { model, onnx };
        command.SetAction(result => guard(() => ExportCommand.Run(result.GetRequiredValue(model).FullName, result.GetRequiredValue(onnx).FullName)));
        return command;
    }
}
