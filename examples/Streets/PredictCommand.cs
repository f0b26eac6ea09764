using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.Torch.Data;

namespace Streets;

/// <summary><c>predict</c>: writes the mask of every image, in colours, as class ids, and over the image.</summary>
internal static class PredictCommand
{
    private const int NamesShown = 5;

    /// <summary>Says whether the masks of all images are there.</summary>
    /// <param name="output">The folder of masks.</param>
    /// <param name="hasOverlays">Whether they are drawn over their images too.</param>
    /// <param name="data">The images.</param>
    /// <exception cref="InvalidDataException">Some are not; the message counts them and names the first.</exception>
    public static void Collect(string output, bool hasOverlays, StreetsData data)
    {
        data.ExcludedFolder = output;
        string[] images = [.. List(data, StreetsContext.Create(StreetsDevice.Cpu)).GetColumn<string>("ImagePath")];
        MaskFiles[] missing = [.. images
            .Select(image => (Image: image, Files: new MaskFiles(output, image, data.ImageFolder, hasOverlays)))
            .Where(static pair => !pair.Files.AreDone(pair.Image))
            .Select(static pair => pair.Files)];
        if (missing.Length > 0)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The masks of {missing.Length} of {images.Length} images are not in '{output}', or older than their image: "
                + $"{string.Join(", ", missing.Take(NamesShown).Select(static files => $"'{files.Name}'"))}"
                + $"{(missing.Length > NamesShown ? " and others" : string.Empty)}. Run their shares again; each does what is left of "
                + $"it."));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"The masks of all {images.Length} images{data.LeftOut} are in {output}"));
    }

    public static void Run(PredictRequest request, StreetsData data, CancellationToken cancellation)
    {
        MLContext ml = StreetsContext.Create(StreetsDevice.Choose(request.Scoring.Device));
        string output = request.Output;
        data.ExcludedFolder = output;
        IDataView view = List(data, ml);
        string[] images = [.. view.GetColumn<string>("ImagePath")];
        MaskFiles[] files =
            [.. images.Select(image => new MaskFiles(output, image, data.ImageFolder, request.OverlayOpacity is not null))];
        CheckFiles(request, data, view, files);
        int[] own = [.. Enumerable.Range(0, images.Length).Where(i => request.Shard is not { } shard || shard.Has(i))];
        int[] places = [.. own.Where(i => !request.SkipsExisting || !files[i].AreDone(images[i]))];
        string share = request.Shard is { } part
            ? string.Create(CultureInfo.InvariantCulture, $" of {images.Length}, the share {part}")
            : string.Empty;
        string there = places.Length < own.Length
            ? string.Create(CultureInfo.InvariantCulture, $"; {own.Length - places.Length} of them are there already")
            : string.Empty;
        using StreetsModel model = StreetsModel.Load(ml, request.ModelFile);
        model.Read(request.Reading);
        model.ChangeScoring(request.Scoring.Change);
        PixelIds pixelIds = PixelIds.For(model.ClassNames, request.AsLabelIds);
        Directory.CreateDirectory(output);
        Console.WriteLine($"Writing the masks of {own.Length} images{share}{data.LeftOut} to {output}{there}");
        using ContactSheet? sheet = request.ContactSheet is { } sheetFile && places.Length > 0
            ? new ContactSheet(sheetFile, places.Length, model.ClassNames, model.ClassColors)
            : null;
        (int count, int skipped) = ImageProgress.Run(
            "Predicting",
            "images",
            places.Length,
            progress => Write(
                request, model, pixelIds, [.. places.Select(place => (images[place], files[place]))], sheet, progress, cancellation));
        if (count + skipped < places.Length)
        {
            string next = request.SkipsExisting
                ? "the same command goes on"
                : "the same command starts with the first again, and goes on with --skip-existing";
            throw new InterruptedException(
                $"Cancelled after {count} of {places.Length} images; their masks are in {output}, and {next}",
                new OperationCanceledException(cancellation));
        }

        if (count == 0 && places.Length > 0)
        {
            throw new InvalidDataException($"None of the {places.Length} images can be read.");
        }

        if (sheet is not null)
        {
            int pages = sheet.Finish();
            Console.WriteLine(
                pages == 1 ? $"Wrote {request.ContactSheet}" : $"Wrote {pages} pages, {ContactSheet.Files(
                    request.ContactSheet!, places.Length).First()} and so on");
        }

        Console.WriteLine(
            $"Wrote the masks of {count} images{data.LeftOut} to "
            + $"{output}{(skipped > 0 ? $"; skipped {skipped} that cannot be read" : string.Empty)}{there}");
    }

    /// <summary>
    /// Scores images one after the other; meanwhile the next is read and the files of the last are written.
    /// </summary>
    /// <returns>How many masks were written, and how many images were skipped.</returns>
    private static (int Count, int Skipped) Write(
        PredictRequest request, StreetsModel model, PixelIds pixelIds, (string Image, MaskFiles Files)[] work, ContactSheet? sheet,
        ImageProgress progress, CancellationToken cancellation)
    {
        int count = 0;
        int skipped = 0;
        Task writing = Task.CompletedTask;
        Task<MLImage>? reading = Read(0);
        try
        {
            for (int place = 0; reading is not null && !cancellation.IsCancellationRequested; place++)
            {
                MLImage image;
                try
                {
                    image = reading.GetAwaiter().GetResult();
                }
                catch (Exception error) when (
                    request.Reading.BadImages == BadSamplePolicy.Skip && error is InvalidDataException or IOException)
                {
                    progress.Note($"Skipped: {error.Message}");
                    progress.Advance();
                    skipped++;
                    reading = Read(place + 1);
                    continue;
                }

                reading = Read(place + 1);
                byte[] keys;
                try
                {
                    keys = model.Segment(image);
                    writing.GetAwaiter().GetResult();
                }
                catch
                {
                    image.Dispose();
                    throw;
                }

                (_, MaskFiles files) = work[place];
                writing = Task.Run(
                    () =>
                    {
                        using MLImage owned = image;
                        WriteFiles(files, owned, keys);
                        sheet?.Add(files.Name, owned, keys);
                    },
                    CancellationToken.None);
                count++;
                progress.Advance();
            }
        }
        finally
        {
            // What is being written is written whole, whatever ends the command.
            writing.GetAwaiter().GetResult();
            reading?.ContinueWith(static late => late.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
        }

        return (count, skipped);

        Task<MLImage>? Read(int next) => next < work.Length
            ? Task.Run(
                () => SegmentationDrawing.Load(work[next].Image, model.Orientation, request.Reading.MaxPixels), CancellationToken.None)
            : null;

        void WriteFiles(MaskFiles files, MLImage image, byte[] keys)
        {
            LabelMask mask = new(keys, image.Width, image.Height);
            using MLImage colors = SegmentationDrawing.Paint(mask, model.ClassColors);
            using MLImage? overlay = request.OverlayOpacity is { } share
                ? SegmentationDrawing.Overlay(image, mask, model.ClassColors, share)
                : null;
            files.Write(colors, [.. keys.Select(pixelIds.Of)], overlay);
        }
    }

    private static void CheckFiles(PredictRequest request, StreetsData data, IDataView view, MaskFiles[] files)
    {
        FilePlan plan = new();
        plan.Read(request.ModelFile, "--model");
        data.AddTo(plan, view);
        foreach (MaskFiles masks in files)
        {
            masks.AddTo(plan);
        }

        if (request.ContactSheet is { } sheet)
        {
            foreach (string page in ContactSheet.Files(sheet, files.Length))
            {
                plan.Write(page, "--contact-sheet");
            }
        }

        MaskFiles.RefuseForeign(files);
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
