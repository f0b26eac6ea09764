using System.Globalization;

namespace Road.Torch.Tests.Weights.Download;

/// <summary>What a <see cref="FaultyServer"/> sends, and at which byte of the body it stops.</summary>
internal sealed record ServedAnswer(int Status, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>The number of bytes of the body after which the server does what <see cref="Fault"/> says.</summary>
    public int FaultAt { get; init; } = int.MaxValue;

    public ServedFault Fault { get; init; }

    /// <summary>Whether the body's length is stated.</summary>
    public bool StatesLength { get; init; } = true;

    /// <summary>A file as servers send it: whole, or what follows a range's first byte as long as the condition holds.</summary>
    public static ServedAnswer File(ServedRequest request, byte[] content, string? tag = "\"v1\"")
    {
        Dictionary<string, string> headers = tag is null ? [] : new() { ["ETag"] = tag };
        if (request.Range is not { } range || (request.IfRange is { } condition && condition != tag))
        {
            return new ServedAnswer(200, content) { Headers = headers };
        }

        int from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
        headers["Content-Range"] = from < content.Length
            ? $"bytes {from}-{content.Length - 1}/{content.Length}"
            : $"bytes */{content.Length}";
        return from < content.Length
            ? new ServedAnswer(206, content[from..]) { Headers = headers }
            : new ServedAnswer(416, []) { Headers = headers };
    }
}
