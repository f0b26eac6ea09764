using System.Buffers.Binary;
using System.Text;

namespace Road.Torch.Tests.Weights;

/// <summary>Builds safetensors content by hand, right or wrong.</summary>
internal static class SafetensorsBytes
{
    public static byte[] Create(string header, int dataLength) => Create(header, new byte[dataLength]);

    public static byte[] Create(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] content = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(content, (ulong)json.Length);
        json.CopyTo(content, 8);
        data.CopyTo(content, 8 + json.Length);
        return content;
    }
}
