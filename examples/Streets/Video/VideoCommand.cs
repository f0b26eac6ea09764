using System.Globalization;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Streets.Video;

/// <summary><c>predict --video</c>: draws the mask of each frame of a video over it, into another video.</summary>
internal static class VideoCommand
{
    private const double DefaultOpacity = 0.5;

    public static void Run(PredictRequest request, string video, CancellationToken cancellation)
    {
        string output = request.Output;
        if (!VideoWriter.IsSupported(output))
        {
            throw new UsageException(
                $"'--out' must be a video here; '{output}' does not end with {string.Join(" or ", VideoWriter.Endings)}.");
        }

        FilePlan plan = new();
        plan.Read(request.ModelFile, "--model");
        plan.Read(video, "--video");
        plan.Write(output, "--out");
        VideoFile facts = VideoFile.Probe(video);
        if (File.Exists(output) && !VideoFile.IsOwn(output))
        {
            throw new UsageException(
                $"'{output}' is there already and would be overwritten, but it is no video that predict wrote. Remove it, or give another "
                + "--out.");
        }

        StreetsDevice device = StreetsDevice.Choose(request.Scoring.Device);
        using StreetsModel model = StreetsModel.Load(StreetsContext.Create(device), request.ModelFile);
        model.Read(request.Reading);
        model.ChangeScoring(request.Scoring.Change);
        string total = facts.FrameCount is { } all ? string.Create(CultureInfo.InvariantCulture, $"{all} ") : string.Empty;
        Console.WriteLine($"Drawing masks over the {total}frames of {video}");
        int count = ImageProgress.Run(
            "Predicting", "frames", facts.FrameCount, progress => Draw(request, video, facts.FrameRate, model, progress, cancellation));
        Console.WriteLine($"Wrote {output}, {count} frames");
    }

    /// <summary>Scores frames one after the other; meanwhile the next is read and the last is drawn and written.</summary>
    private static int Draw(
        PredictRequest request, string video, string frameRate, StreetsModel model, ImageProgress progress, CancellationToken cancellation)
    {
        using VideoReader reader = new(video, frameRate, request.Reading.MaxPixels);
        using VideoWriter writer = new(request.Output, video, frameRate);
        int count = 0;
        Task writing = Task.CompletedTask;
        Task<MLImage?> reading = Task.Run(reader.Read, CancellationToken.None);
        try
        {
            while (reading.GetAwaiter().GetResult() is { } frame)
            {
                reading = Task.Run(reader.Read, CancellationToken.None);
                byte[] keys = model.Segment(frame);
                writing.GetAwaiter().GetResult();
                writing = Task.Run(() => Write(frame, keys), CancellationToken.None);
                count++;
                progress.Advance();
                cancellation.ThrowIfCancellationRequested();
            }

            writing.GetAwaiter().GetResult();

            // Ctrl+C on a terminal ends ffmpeg too, before the last frame.
            cancellation.ThrowIfCancellationRequested();
            if (reader.Finish() is { Length: > 0 } said)
            {
                progress.Note($"warning: of '{video}' ffmpeg says: {said}");
            }

            if (count == 0)
            {
                throw new InvalidDataException($"'{video}' has no frames.");
            }

            writer.Finish();
            return count;
        }
        catch (Exception error) when (cancellation.IsCancellationRequested)
        {
            throw new InterruptedException(
                string.Create(CultureInfo.InvariantCulture, $"Cancelled after {count} frames; no video was written"),
                error as OperationCanceledException ?? new OperationCanceledException(error.Message, error, cancellation));
        }
        finally
        {
            Wait(writing);
            Wait(reading);
        }

        void Write(MLImage image, byte[] keys)
        {
            using MLImage owned = image;
            using MLImage overlay = SegmentationDrawing.Overlay(
                owned, new LabelMask(keys, owned.Width, owned.Height), model.ClassColors, request.OverlayOpacity ?? DefaultOpacity);
            writer.Write(overlay);
        }
    }

    /// <summary>
    /// Waits for what is in hand, which uses what is disposed next; its errors are told already, or follow from one that is.
    /// </summary>
    private static void Wait(Task task) => ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
}
