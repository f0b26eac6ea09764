using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Road.Torch.Tests.Weights.Download;

/// <summary>An HTTP server on this machine that answers as it is told, one connection a request.</summary>
internal sealed class FaultyServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Recorded<ServedRequest> _requests = new();
    private readonly Func<ServedRequest, ServedAnswer> _answer;

    public FaultyServer(Func<ServedRequest, ServedAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/models/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public ServedRequest[] Requests => _requests.Items;

    /// <summary>An address of this machine where nobody listens.</summary>
    public static Uri DeadAddress()
    {
        using FaultyServer server = new(_ => new ServedAnswer(500, []));
        return server.Address;
    }

    /// <summary>Waits until the server has been asked.</summary>
    public Task UntilAskedAsync() => _requests.UntilAsync(all => all.Count > 0);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using NetworkStream stream = new(socket, ownsSocket: true);
            ServedRequest request = await ReadRequestAsync(stream);
            ServedAnswer answered = _answer(request);
            StringBuilder head = new($"HTTP/1.1 {answered.Status} {(HttpStatusCode)answered.Status}\r\nConnection: close\r\n");
            if (answered.StatesLength)
            {
                answered.Headers.TryAdd("Content-Length", $"{answered.Body.Length}");
            }

            foreach ((string name, string value) in answered.Headers)
            {
                head.Append($"{name}: {value}\r\n");
            }

            if (answered.FaultAt >= 0)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
                await stream.WriteAsync(answered.Body.AsMemory(0, Math.Min(answered.FaultAt, answered.Body.Length)), _stop.Token);
            }

            if (answered.Fault == ServedFault.Stall)
            {
                await Task.Delay(Timeout.Infinite, _stop.Token);
            }
            else if (answered.Fault == ServedFault.Reset)
            {
                socket.LingerState = new LingerOption(true, 0);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // The client went away, or the test is over.
        }
    }

    private async Task<ServedRequest> ReadRequestAsync(NetworkStream stream)
    {
        List<byte> received = [];
        byte[] buffer = new byte[1];
        while (received.Count < 4 || !received.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(buffer, _stop.Token);
            received.Add(buffer[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. received]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> headers = lines.Skip(1)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        return _requests.Add(number => new ServedRequest(number, lines[0].Split(' ')[1], headers));
    }
}
