using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;

namespace Road.Torch.Weights.Download;

/// <summary>Brings a file from an address, one request at a time, each going on where the last one stopped.</summary>
internal sealed class FileTransfer : IDisposable
{
    private const int BufferLength = 1 << 17;

    // Redirections from https to http are not followed by the handler, and content stays as it lies on the server.
    private readonly HttpClient _client;
    private readonly TimeSpan _stallTimeout;
    private readonly long _longestLength;
    private readonly TimeProvider _time;

    /// <param name="stallTimeout">How long a server may send nothing.</param>
    /// <param name="longestLength">The number of bytes beyond which a file is refused.</param>
    /// <param name="time">The clock by which a server stalls.</param>
    public FileTransfer(TimeSpan stallTimeout, long longestLength, TimeProvider time)
    {
        _time = time;
        _stallTimeout = stallTimeout;
        _longestLength = longestLength;
        _client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        string version = typeof(FileTransfer).Assembly.GetName().Version?.ToString(3) ?? "0";
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Road", version));
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Requests what is missing; when it returns, the server has no more to send.</summary>
    /// <param name="address">The file's address.</param>
    /// <param name="part">What has come so far.</param>
    /// <param name="report">Is told the bytes so far and in all, after every piece.</param>
    /// <param name="cancellationToken">Ends the transfer; what has come stays.</param>
    /// <exception cref="TransferException">The request failed.</exception>
    /// <exception cref="IOException">The part cannot be written.</exception>
    public async Task RunAsync(Uri address, PartialFile part, Action<long, long?> report, CancellationToken cancellationToken)
    {
        long start = part.Length;
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        if (start > 0)
        {
            request.Headers.Range = new RangeHeaderValue(start, null);
            request.Headers.IfRange = part.Version;
        }

        using CancellationTokenSource stall = new(Timeout.InfiniteTimeSpan, _time);
        using CancellationTokenRegistration cancellation = cancellationToken.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(), stall);
        using HttpResponseMessage response = await ReceiveAsync(
            stall, () => _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, stall.Token), cancellationToken).ConfigureAwait(false);
        if (start > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // There is nothing after what has come: it is whole, or of another file, which its checksum tells.
            return;
        }

        long? total = Begin(response, part, start);
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await CopyAsync(body, part, total, report, stall, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the part ready for what the response brings.</summary>
    /// <returns>The length of the whole file, where the response states it.</returns>
    private static long? Begin(HttpResponseMessage response, PartialFile part, long start)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                part.Restart(response);
                return response.Content.Headers.ContentLength;

            case HttpStatusCode.PartialContent when start > 0:
                ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
                if (range?.From != start)
                {
                    part.Discard();
                    throw new TransferException(
                        $"the server was asked for what follows byte {start} and sent {range?.ToString() ?? "another range"}",
                        isTransient: true);
                }

                return range.Length;

            default:
                int status = (int)response.StatusCode;
                bool isTransient = status is 408 or 429 or >= 500;
                throw new TransferException($"the server answered {status} ({response.ReasonPhrase})", isTransient)
                {
                    RetryAfter = response.Headers.RetryAfter?.Delta,
                };
        }
    }

    private async Task CopyAsync(
        Stream body, PartialFile part, long? total, Action<long, long?> report, CancellationTokenSource stall,
        CancellationToken cancellationToken)
    {
        FileStream output = part.Append();
        await using ConfiguredAsyncDisposable closing = output.ConfigureAwait(false);
        long length = output.Position;
        byte[] buffer = new byte[BufferLength];
        report(length, total);
        while (true)
        {
            if (Math.Max(length, total ?? 0) > _longestLength)
            {
                throw new TransferException(
                    string.Create(
                        CultureInfo.InvariantCulture, $"the server has more than the {_longestLength:N0} bytes that the file can have"),
                        isTransient: false);
            }

            int count = await ReceiveAsync(
                stall, () => body.ReadAsync(buffer, stall.Token).AsTask(), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            length += count;
            report(length, total);
        }

        if (total is { } expected && length != expected)
        {
            throw new TransferException(
                string.Create(
                    CultureInfo.InvariantCulture, $"the server said {expected:N0} bytes and sent {length:N0}"), isTransient: true);
        }
    }

    /// <summary>Waits for the network, but not for ever.</summary>
    private async Task<T> ReceiveAsync<T>(CancellationTokenSource stall, Func<Task<T>> receive, CancellationToken cancellationToken)
    {
        try
        {
            stall.CancelAfter(_stallTimeout);
            T result = await receive().ConfigureAwait(false);
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
            return result;
        }
        catch (OperationCanceledException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TransferException(
                string.Create(CultureInfo.InvariantCulture, $"the server sent nothing for {_stallTimeout.TotalSeconds:0.###} seconds"),
                isTransient: true, error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // Of a failed TLS handshake only the cause says anything.
            string message = error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                ? error.GetBaseException().Message
                : error.Message;
            throw new TransferException($"the connection failed ({message.TrimEnd('.')})", isTransient: true, error);
        }
    }
}
