using System.CommandLine;
using Road.MLNet;
using Streets.Convert;

namespace Streets;

/// <summary>The options of <c>convert</c>.</summary>
internal static class ConvertCommandLine
{
    private const string Automatic = "auto";

    public static Command Create()
    {
        Option<string> annotations = CommandOptions.Required<string>(
            "--annotations", "What the labelling tool exported: a file, or the folder of Labelme's or Pascal VOC's.", "FILE|DIR");
        Option<DirectoryInfo> images = CommandOptions.Required<DirectoryInfo>("--images", "The folder of the images.", "DIR");
        Option<DirectoryInfo> output = CommandOptions.Required<DirectoryInfo>(
            "--out", $"The folder to write: masks below {Conversion.LabelFolder}, and {Conversion.ClassesFile}.", "DIR");
        Option<string> format = CommandOptions.Optional(
            "--format", "The format; by a look at it if not given.", string.Join('|', AnnotationReaders.Formats), Automatic);
        format.AcceptOnlyFromAmong([Automatic, .. AnnotationReaders.Formats]);
        Option<string?> background = CommandOptions.Absent<string>(
            "--background",
            $"The class of what no shape covers, or {ConvertRequest.Ignore}, which keeps it out of training and scores and is the default; "
            + "the background that a tool draws stays a class.",
            $"NAME|{ConvertRequest.Ignore}");
        Option<FileInfo?> classes = CommandOptions.Absent<FileInfo>(
            "--classes", "A file of classes whose names are taken, in its order; other labels are counted and ignored.", "FILE");
        Option<bool> boxes = new("--boxes") { Description = "Takes boxes for areas too." };
        Option<int> maxPixels = CommandOptions.MaxPixels();
        Command command = new("convert", "Makes label masks and a file of classes of what labelling tools export.")
        {
            annotations, images, output, format, background, classes, boxes, maxPixels,
        };
        command.SetAction(result => Outcome.Of(cancellation => ConvertCommand.Run(
            new ConvertRequest(
                Path.GetFullPath(result.GetRequiredValue(annotations)),
                result.GetRequiredValue(images).FullName,
                result.GetRequiredValue(output).FullName)
            {
                Reader = AnnotationReaders.Get(result.GetRequiredValue(format)),
                Background = result.GetValue(background),
                Classes = result.GetValue(classes) is { } file ? LabelEncoding.FromJsonFile(file.FullName).ClassNames : null,
                TakesBoxes = result.GetValue(boxes),
                MaxPixels = result.GetValue(maxPixels),
            },
            cancellation)));
        return command;
    }
}
