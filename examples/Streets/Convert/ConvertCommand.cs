namespace Streets.Convert;

/// <summary><c>convert</c>: writes masks and a file of classes from what a labelling tool has written.</summary>
internal static class ConvertCommand
{
    public static void Run(ConvertRequest request, CancellationToken cancellation)
    {
        Conversion conversion = new(request);
        string classes = Path.Combine(request.Output, Conversion.ClassesFile);
        FilePlan plan = new();
        plan.Read(request.Annotations, "--annotations");
        plan.Read(conversion.Images.Select(image => Path.Combine(request.Images, image)), "an image");
        foreach (string image in conversion.Images)
        {
            string file = conversion.MaskFile(image);
            plan.Write(file, $"the mask of {image}");
            if (File.Exists(file) && !MaskPng.IsOwn(file))
            {
                throw new UsageException(
                    $"'{file}' is there already and would be overwritten, but it is no mask that this program wrote. Remove it, or give "
                    + "another --out.");
            }
        }

        plan.Write(classes, "the classes");
        Console.WriteLine($"Drawing the masks of {conversion.Count} images ({conversion.Format}) to {request.Output}");
        int count = ImageProgress.Run("Drawing", "masks", conversion.Count, progress =>
        {
            int done = 0;
            try
            {
                conversion.Draw(
                    (file, values, width, height) =>
                    {
                        OutputFile.Write(file, stream => MaskPng.Write(stream, values, width, height));
                        done++;
                        progress.Advance();
                    },
                    cancellation);
            }
            catch (OperationCanceledException error)
            {
                throw new InterruptedException($"Cancelled after {done} masks; the same command starts again", error);
            }

            return done;
        });
        OutputFile.Write(classes, conversion.ClassesJson());
        (IReadOnlyList<string> lines, IReadOnlyList<string> warnings) = conversion.Report();
        foreach (string line in lines)
        {
            Console.WriteLine(line);
        }

        foreach (string warning in warnings)
        {
            Console.Error.WriteLine("warning: " + warning);
        }

        Console.WriteLine($"Wrote {count} masks to {Path.Combine(request.Output, Conversion.LabelFolder)}, and {classes}");
    }
}
