using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using SkiaSharp;

namespace Road.Reliability.Load;

/// <summary>Sends pictures from several senders at once; one request in ten is broken, each in the next of five ways.</summary>
internal sealed class LoadRun(Uri server, int requests, int atOnce, int width)
{
    private const int Parts = 10;
    private const int OneBrokenIn = 10;
    private const int Ways = 5;
    private const double Growth = 1.05;
    private const double Mebi = 1 << 20;
    private const string Memory = "road_process_resident_bytes ";

    private readonly byte[] _photo = CreatePhoto(width, width * 3 / 4);
    private readonly ConcurrentDictionary<string, int> _answers = [];
    private readonly ConcurrentBag<string> _wrong = [];

    /// <summary>Runs all and prints a line for each part.</summary>
    /// <returns>0 where every answer was the right one and memory stays, else 1.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using HttpClient client = new(new SocketsHttpHandler { MaxConnectionsPerServer = atOnce }) { BaseAddress = server };
        double first = 0;
        double last = 0;
        List<double> all = [];
        Stopwatch clock = Stopwatch.StartNew();
        for (int part = 0; part < Parts; part++)
        {
            ConcurrentBag<double> milliseconds = [];
            int from = (int)((long)requests * part / Parts);
            int to = (int)((long)requests * (part + 1) / Parts);
            await Parallel.ForEachAsync(
                Enumerable.Range(from, to - from),
                new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation },
                (i, token) => SendAsync(client, i, milliseconds, token));
            last = await ReadMemoryAsync(client, cancellation);

            // The first part warms up: pools fill, and hot methods are compiled anew.
            first = part == 0 ? last : first;
            all.AddRange(milliseconds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"part {part + 1,2}: {last / Mebi:F1} MiB resident, {milliseconds.Count} pictures, "
                + $"p99 {Quantile([.. milliseconds], 0.99):F0} ms"));
        }

        foreach ((string answer, int count) in _answers.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"{answer}: {count}");
        }

        foreach (string wrong in _wrong.Take(10))
        {
            Console.WriteLine($"wrong: {wrong}");
        }

        bool holds = _wrong.IsEmpty && last <= first * Growth;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(holds ? "pass" : "FAIL")}: {requests} requests, {atOnce} at once, {requests / clock.Elapsed.TotalSeconds:F1} a second; "
            + $"p50 {Quantile(all, 0.5):F0} ms, p99 {Quantile(all, 0.99):F0} ms; {_wrong.Count} wrong answers; "
            + $"memory {last / first:F3} of that after the first part (at most {Growth})"));
        return holds ? 0 : 1;
    }

    private async ValueTask SendAsync(HttpClient client, int number, ConcurrentBag<double> milliseconds, CancellationToken cancellation)
    {
        bool isBroken = number % OneBrokenIn == 0;
        int way = isBroken ? number / OneBrokenIn % Ways : -1;
        if (way == Ways - 1)
        {
            await AbortAsync(cancellation);
            _answers.AddOrUpdate("aborted by the sender", 1, static (_, count) => count + 1);
            return;
        }

        (byte[] file, string field, int expected) = way switch
        {
            0 => (_photo[..(_photo.Length / 2)], "image", 422),
            1 => ("This is no picture."u8.ToArray(), "image", 422),
            2 => (new byte[21 << 20], "image", 413),
            3 => (_photo, "photo", 400),
            _ => (_photo, "image", 200),
        };
        using MultipartFormDataContent form = new() { { new ByteArrayContent(file), field, "picture" } };
        long begin = Stopwatch.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await client.PostAsync("/api/segment", form, cancellation);
            string body = await response.Content.ReadAsStringAsync(cancellation);
            int code = (int)response.StatusCode;
            _answers.AddOrUpdate(code.ToString(CultureInfo.InvariantCulture), 1, static (_, count) => count + 1);
            if (code == 200)
            {
                milliseconds.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }

            // A full queue may refuse whatever comes.
            if (code != expected && code != 503)
            {
                _wrong.Add($"{code} instead of {expected}: {body}");
            }
        }
        catch (HttpRequestException) when (expected == 413)
        {
            // The server answers before it has read all, and the rest of what is sent may fail.
            _answers.AddOrUpdate("413, while it was sent", 1, static (_, count) => count + 1);
        }
        catch (HttpRequestException error)
        {
            _wrong.Add(error.Message);
        }
    }

    /// <summary>Sends half of a request and closes the connection.</summary>
    private async Task AbortAsync(CancellationToken cancellation)
    {
        using TcpClient connection = new();
        await connection.ConnectAsync(server.Host, server.Port, cancellation);
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /api/segment HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            + $"Content-Length: {_photo.Length}\r\n\r\n--b\r\n"
            + $"Content-Disposition: form-data; name=\"image\"; filename=\"picture\"\r\n\r\n");
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), cancellation);
        await connection.GetStream().WriteAsync(_photo.AsMemory(0, _photo.Length / 2), cancellation);
        connection.Client.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private static async Task<double> ReadMemoryAsync(HttpClient client, CancellationToken cancellation)
    {
        string metrics = await client.GetStringAsync("/metrics", cancellation);
        string line = metrics.Split('\n').First(static line => line.StartsWith(Memory, StringComparison.Ordinal));
        return double.Parse(line[Memory.Length..], CultureInfo.InvariantCulture);
    }

    private static double Quantile(List<double> values, double part)
    {
        values.Sort();
        return values.Count == 0 ? double.NaN : values[(int)Math.Min(values.Count - 1, part * values.Count)];
    }

    /// <summary>A JPEG of noise, which does not become small.</summary>
    private static byte[] CreatePhoto(int width, int height)
    {
        using SKBitmap bitmap = new(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        Random random = new(1);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                byte noise = (byte)random.Next(64);
                bitmap.SetPixel(x, y, new SKColor((byte)(noise + (128 * y / height)), (byte)(noise + (128 * x / width)), noise));
            }
        }

        using SKData file = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return file.ToArray();
    }
}
