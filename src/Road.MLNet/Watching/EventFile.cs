using System.Buffers.Binary;
using Google.Protobuf;
using SkiaSharp;
using Tensorboard;
using TorchSharp.Utils;

namespace Road.MLNet.Watching;

/// <summary>
/// Records of TensorBoard's event files that TorchSharp's <c>SummaryWriter</c> does not write: each is its length, 8 bytes, little-endian;
/// the masked CRC-32C of those; an <c>Event</c> of protocol buffers; its masked CRC-32C.
/// </summary>
internal static class EventFile
{
    private const string Version = "brain.Event:2";
    private const int Rgb = 3;

    /// <summary>
    /// Begins a file anew, with the time that TensorBoard sorts by. What other files say of a step, and of those behind it, is void.
    /// </summary>
    public static void Begin(string path, int step)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        Write(file, new Event { WallTime = Now, FileVersion = Version });
        Write(file, Restart(step));
    }

    /// <summary>Says that what was said of a step, and of those behind it, is void.</summary>
    public static void AppendRestart(string path, int step) => Append(path, Restart(step));

    /// <summary>Adds a picture.</summary>
    public static void AppendPicture(string path, string tag, int step, SKData encoded, int width, int height)
    {
        Summary summary = new();
        summary.Value.Add(new Summary.Types.Value
        {
            Tag = tag,
            Image = new Summary.Types.Image
            {
                Width = width,
                Height = height,
                Colorspace = Rgb,
                EncodedImageString = ByteString.CopyFrom(encoded.AsSpan()),
            },
        });
        Append(path, new Event { Step = step, WallTime = Now, Summary = summary });
    }

    private static double Now => (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;

    private static Event Restart(int step) => new()
    {
        Step = step,
        WallTime = Now,
        SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start },
    };

    private static void Append(string path, Event content)
    {
        using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        Write(file, content);
    }

    private static void Write(FileStream file, Event content)
    {
        byte[] bytes = content.ToByteArray();
        byte[] length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);

        // At once, so that a reader who follows the file sees no half of it.
        file.Write([.. length, .. Checksum(length), .. bytes, .. Checksum(bytes)]);
    }

    private static byte[] Checksum(byte[] data)
    {
        uint value = CRC32C.process(data);
        byte[] masked = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(masked, unchecked(((value >> 15) | (value << 17)) + 0xa282ead8));
        return masked;
    }
}
