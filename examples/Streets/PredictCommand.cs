using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.Torch.Data;

namespace Streets;

/// <summary><c>predict</c>: writes the mask of every image, in colours, as class ids, and over the image.</summary>
internal static class PredictCommand
{
    private const string PathColumn = "TargetImagePath";

    public static void Run(PredictRequest request, StreetsData data, CancellationToken cancellation)
    {
        (string modelFile, string outputFolder, bool asLabelIds, double? opacity, ImageReading reading) = request;
        MLContext ml = StreetsContext.Create();
        data.ExcludedFolder = outputFolder;
        IDataView images = List(data, ml);
        MaskFiles[] files = [.. images.GetColumn<string>("ImagePath").Select(Files)];
        FilePlan plan = new();
        plan.Read(modelFile, "--model");
        data.AddTo(plan, images);
        foreach (MaskFiles masks in files)
        {
            masks.AddTo(plan);
        }

        MaskFiles.RefuseForeign(files);
        using StreetsModel model = StreetsModel.Load(ml, modelFile);
        model.Read(reading);
        PixelIds pixelIds = PixelIds.For(model.ClassNames, asLabelIds);
        IDataView scored = model.Score(ml.Data.AsTargetDomain(images));
        Directory.CreateDirectory(outputFolder);
        Console.WriteLine($"Writing the masks of {files.Length} images{data.LeftOut} to {outputFolder}");

        DataViewSchema.Column pathColumn = scored.Schema[PathColumn];
        DataViewSchema.Column labelColumn = scored.Schema["PredictedLabel"];
        DataViewSchema.Column maskColumn = scored.Schema["PredictedMask"];
        using DataViewRowCursor cursor = scored.GetRowCursor([pathColumn, labelColumn, maskColumn]);
        ValueGetter<ReadOnlyMemory<char>> pathGetter = cursor.GetGetter<ReadOnlyMemory<char>>(pathColumn);
        ValueGetter<VBuffer<byte>> labelGetter = cursor.GetGetter<VBuffer<byte>>(labelColumn);
        ValueGetter<MLImage> maskGetter = cursor.GetGetter<MLImage>(maskColumn);
        ReadOnlyMemory<char> path = default;
        VBuffer<byte> label = default;
        MLImage mask = null!;
        int count = 0;
        int skipped = 0;
        try
        {
            while (!cancellation.IsCancellationRequested && cursor.MoveNext())
            {
                pathGetter(ref path);
                try
                {
                    labelGetter(ref label);
                    maskGetter(ref mask);
                }
                catch (Exception error) when (reading.BadImages == BadSamplePolicy.Skip && error is InvalidDataException or IOException)
                {
                    Console.Error.WriteLine($"Skipped: {error.Message}");
                    skipped++;
                    continue;
                }

                byte[] keys = [.. label.DenseValues()];
                using MLImage? overlay = opacity is { } share ? Overlay(path.ToString(), keys, share) : null;
                Files(path.ToString()).Write(mask, [.. keys.Select(pixelIds.Of)], overlay);
                count++;
            }
        }
        finally
        {
            mask?.Dispose();
        }

        if (count + skipped < files.Length)
        {
            throw new InterruptedException(
                $"Cancelled after {count} of {files.Length} images; their masks are in {outputFolder}, "
                + "and the same command starts with the first again",
                new OperationCanceledException(cancellation));
        }

        if (count == 0)
        {
            throw new InvalidDataException($"None of the {files.Length} images can be read.");
        }

        Console.WriteLine(
            $"Wrote the masks of {count} images{data.LeftOut} to "
            + $"{outputFolder}{(skipped > 0 ? $"; skipped {skipped} that cannot be read" : string.Empty)}");

        MaskFiles Files(string image) => new(outputFolder, image, data.ImageFolder, opacity is not null);

        MLImage Overlay(string file, byte[] keys, double share)
        {
            using MLImage image = SegmentationDrawing.Load(file, model.Orientation, reading.MaxPixels);
            return SegmentationDrawing.Overlay(image, new LabelMask(keys, image.Width, image.Height), model.ClassColors, share);
        }
    }

    /// <summary>Lists the images. That two would have one mask is a fault of the usage, whoever notices it.</summary>
    private static IDataView List(StreetsData data, MLContext ml)
    {
        try
        {
            return data.Load(ml);
        }
        catch (InvalidDataException error) when (data.HasNamesAlike)
        {
            throw new UsageException($"{error.Message} Their masks would be one file.", error);
        }
    }
}
