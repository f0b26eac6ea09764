using System.Globalization;
using Microsoft.Net.Http.Headers;
using Road.MLNet;
using WebDemo.Segmentation;

namespace WebDemo.Serving;

/// <summary><c>POST /api/segment</c>: a picture in, its classes or its mask out.</summary>
internal sealed class SegmentEndpoint(ModelSlot slot, Admission admission, ServerMetrics metrics, ServingOptions options)
{
    public const string Json = "application/json";
    public const string Png = "image/png";

    private const int RetrySeconds = 2;

    /// <exception cref="RequestException">The request is refused.</exception>
    /// <exception cref="OperationCanceledException">The client has gone away.</exception>
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        bool asPng = WantsPng(context.Request);
        bool withPixels = ReadFlag(context.Request, "pixels");
        SegmentationWorkers workers = slot.Workers is { } ready && slot.State.Status == ModelState.Ready ? ready : throw NotReady();
        using IDisposable place = admission.TryEnter() ?? throw new RequestException(
            StatusCodes.Status503ServiceUnavailable, "The server has as many pictures as it takes at a time.", RetrySeconds);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        end.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
        bool isRead = false;
        try
        {
            ReadOnlyMemory<byte> file = await Upload.ReadAsync(context.Request, options.MaxBytes, end.Token);
            isRead = true;
            SegmentedPicture picture = await workers.SegmentAsync(file, end.Token);
            metrics.Count(picture);
            context.Response.Headers["Server-Timing"] = string.Create(
                CultureInfo.InvariantCulture,
                $"wait;dur={picture.Waiting.TotalMilliseconds:0.0}, decode;dur={picture.Decoding.TotalMilliseconds:0.0}, "
                + $"network;dur={picture.Network.TotalMilliseconds:0.0}");
            return asPng ? Mask(picture, workers.Model) : Results.Json(Describe(picture, workers.Model, withPixels));
        }
        catch (PictureException error)
        {
            throw new RequestException(
                error.Fault == PictureFault.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status422UnprocessableEntity,
                error.Message);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw isRead
                ? new RequestException(
                    StatusCodes.Status503ServiceUnavailable,
                    $"The picture was not done within {options.TimeoutSeconds} seconds.",
                    RetrySeconds)
                : new RequestException(
                    StatusCodes.Status408RequestTimeout, $"The picture did not come within {options.TimeoutSeconds} seconds.");
        }
    }

    private static bool ReadFlag(HttpRequest request, string name) => request.Query[name] switch
    {
        [] => false,
        ["true"] => true,
        ["false"] => false,
        _ => throw new RequestException(StatusCodes.Status400BadRequest, $"{name} must be true or false."),
    };

    /// <summary>Whether the answer is to be a mask; JSON for those who have no wish.</summary>
    private static bool WantsPng(HttpRequest request)
    {
        // A header that cannot be read counts as none.
        IList<MediaTypeHeaderValue> wishes = request.GetTypedHeaders().Accept;
        if (wishes.Count == 0)
        {
            return false;
        }

        MediaTypeHeaderValue json = new(Json);
        MediaTypeHeaderValue png = new(Png);
        foreach (MediaTypeHeaderValue wish in wishes.Where(static wish => wish.Quality is not 0).OrderByDescending(
            static wish => wish.Quality ?? 1))
        {
            if (json.IsSubsetOf(wish))
            {
                return false;
            }

            if (png.IsSubsetOf(wish))
            {
                return true;
            }
        }

        throw new RequestException(StatusCodes.Status406NotAcceptable, $"Accept must allow {Json} or {Png}.");
    }

    private static IResult Mask(SegmentedPicture picture, ISegmenter model) => Results.Bytes(
        PixelPng.Encode(picture.Pixels.Scale(picture.Pixels.Ids, picture.Size), picture.Size, model.ClassColors), Png);

    private static SegmentAnswer Describe(SegmentedPicture picture, ISegmenter model, bool withPixels)
    {
        SegmentedPixels pixels = picture.Pixels;
        (long Count, double Confidence)[] counts = pixels.Count(model.ClassNames.Count);
        return new SegmentAnswer(
            picture.Size.Width,
            picture.Size.Height,
            pixels.Width,
            pixels.Height,
            Math.Round((picture.Decoding + picture.Network).TotalMilliseconds, 1),
            [.. model.ClassNames.Select((name, id) => new ClassAnswer(
                id, name, HexText(model.ClassColors[id]), (double)counts[id].Count / pixels.Ids.Length, counts[id].Confidence))],
            withPixels ? PixelPng.Encode(pixels) : null);
    }

    /// <summary>A colour as pages name it.</summary>
    public static string HexText(RgbColor color) =>
        string.Create(CultureInfo.InvariantCulture, $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}");

    private RequestException NotReady() => new(
        StatusCodes.Status503ServiceUnavailable,
        slot.State.Status switch
        {
            "training" => "The model is being trained.",
            "failed" => "There is no model.",
            "stopping" => "The server is stopping.",
            _ => "The model is being loaded.",
        },
        RetrySeconds);
}
