using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace WebDemo.Serving;

/// <summary>Reads the file out of a form. It stays in memory: nothing that is sent is written to a disk.</summary>
internal static class Upload
{
    public const string Field = "image";

    /// <summary>What a form may have around the file.</summary>
    public const int FormBytes = 64 * 1024;

    /// <summary>The most that is read of a request that was refused as too large.</summary>
    public const int LingerBytes = 64 * 1024 * 1024;

    private const int BufferBytes = 64 * 1024;
    private const int MostFields = 16;
    private const int LongestBoundary = 200;
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(5);

    /// <summary>Reads the file.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">The most bytes that the file may have.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="RequestException">The request is no form, has no such file, or one that is too large.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw new RequestException(
                StatusCodes.Status415UnsupportedMediaType, $"Send the picture as multipart/form-data, in the field '{Field}'.");
        }

        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value ?? string.Empty;
        if (boundary.Length is 0 or > LongestBoundary)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "The form's Content-Type has no boundary that can be used.");
        }

        if (request.ContentLength > (long)maxBytes + FormBytes)
        {
            throw TooLarge(maxBytes);
        }

        try
        {
            MultipartReader reader = new(boundary, request.Body, BufferBytes);
            for (int fields = 0; await reader.ReadNextSectionAsync(cancellation) is { } section; fields++)
            {
                if (fields == MostFields)
                {
                    throw new RequestException(StatusCodes.Status400BadRequest, $"The form has more than {MostFields} fields.");
                }

                if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition)
                    && HeaderUtilities.RemoveQuotes(disposition.Name).Equals(Field, StringComparison.Ordinal))
                {
                    ReadOnlyMemory<byte> file = await ReadFileAsync(section.Body, request.ContentLength, maxBytes, cancellation);
                    return !file.IsEmpty
                        ? file
                        : throw new RequestException(StatusCodes.Status400BadRequest, $"The field '{Field}' is empty.");
                }
            }
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge(maxBytes);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            throw new RequestException(StatusCodes.Status408RequestTimeout, "The picture came too slowly.");
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            // The reader's own words tell of its parts.
            cancellation.ThrowIfCancellationRequested();
            throw new RequestException(StatusCodes.Status400BadRequest, "The form is damaged or ends early.");
        }

        throw new RequestException(StatusCodes.Status400BadRequest, $"The form has no field '{Field}' with the picture.");
    }

    /// <summary>
    /// Reads what is left of a request that is answered already, for a while and up to <see cref="LingerBytes"/>: a connection that is
    /// closed under a sender takes the answer with it. One who waits to be told to go on has nothing under way.
    /// </summary>
    public static async Task DiscardAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.Headers.Expect.Count > 0)
        {
            return;
        }

        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(LingerTime);
        byte[] buffer = new byte[BufferBytes];
        try
        {
            long left = LingerBytes;
            for (int read; left > 0 && (read = await request.Body.ReadAsync(buffer, patience.Token)) > 0;)
            {
                left -= read;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or BadHttpRequestException)
        {
            // The answer is sent; how its sender goes away is the sender's business.
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadFileAsync(
        Stream body, long? length, int maxBytes, CancellationToken cancellation)
    {
        // What is announced is not believed beyond a buffer: it costs nothing to announce much.
        MemoryStream file = new((int)Math.Min(length ?? BufferBytes, 1 << 20));
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = await body.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (file.Length + read > maxBytes)
            {
                throw TooLarge(maxBytes);
            }

            file.Write(buffer, 0, read);
        }

        return file.GetBuffer().AsMemory(0, (int)file.Length);
    }

    private static RequestException TooLarge(int maxBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, $"The picture's file has more than the {ByteText.Format(maxBytes)} that are allowed.");
}
