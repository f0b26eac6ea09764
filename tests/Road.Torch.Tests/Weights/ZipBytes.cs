using System.Text;

namespace Road.Torch.Tests.Weights;

/// <summary>Zip archives by hand, right or wrong.</summary>
internal static class ZipBytes
{
    public static byte[] Create(params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        List<(string Name, uint Length, uint Start)> places = [];
        foreach ((string name, byte[] content) in entries)
        {
            places.Add((name, (uint)content.Length, (uint)stream.Position));
            WriteLocal(writer, name, (uint)content.Length);
            writer.Write(content);
        }

        WriteDirectory(writer, places);
        return stream.ToArray();
    }

    public static void WriteLocal(BinaryWriter writer, string name, uint length)
    {
        writer.Write("PK\x3\x4"u8);
        writer.Write((ushort)10);
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write(0L);
        writer.Write(length);
        writer.Write(length);
        writer.Write((ushort)Encoding.UTF8.GetByteCount(name));
        writer.Write((ushort)0);
        writer.Write(Encoding.UTF8.GetBytes(name));
    }

    public static void WriteDirectory(
        BinaryWriter writer, IReadOnlyCollection<(string Name, uint Length, uint Start)> entries, ushort flags = 0)
    {
        uint start = (uint)writer.BaseStream.Position;
        foreach ((string name, uint length, uint local) in entries)
        {
            writer.Write("PK\x1\x2"u8);
            writer.Write((ushort)10);
            writer.Write((ushort)10);
            writer.Write(flags);
            writer.Write((ushort)0);
            writer.Write(0L);
            writer.Write(length);
            writer.Write(length);
            writer.Write((ushort)Encoding.UTF8.GetByteCount(name));
            writer.Write(0L);
            writer.Write((ushort)0);
            writer.Write((ushort)0);
            writer.Write(local);
            writer.Write(Encoding.UTF8.GetBytes(name));
        }

        uint end = (uint)writer.BaseStream.Position;
        writer.Write("PK\x5\x6"u8);
        writer.Write(0);
        writer.Write((ushort)entries.Count);
        writer.Write((ushort)entries.Count);
        writer.Write(end - start);
        writer.Write(start);
        writer.Write((ushort)0);
    }

    /// <summary>The same archive with its sizes and places in the fields of zip64, as archives of more than 4 GiB have them.</summary>
    public static byte[] CreateZip64(params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        List<(string Name, long Length, long Start)> places = [];
        foreach ((string name, byte[] content) in entries)
        {
            places.Add((name, content.Length, stream.Position));
            WriteLocal(writer, name, uint.MaxValue);
            writer.Write(content);
        }

        long start = stream.Position;
        foreach ((string name, long length, long local) in places)
        {
            writer.Write("PK\x1\x2"u8);
            writer.Write(new byte[16]);
            writer.Write(uint.MaxValue);
            writer.Write(uint.MaxValue);
            writer.Write((ushort)Encoding.UTF8.GetByteCount(name));
            writer.Write((ushort)28);
            writer.Write(new byte[10]);
            writer.Write(uint.MaxValue);
            writer.Write(Encoding.UTF8.GetBytes(name));
            writer.Write((ushort)1);
            writer.Write((ushort)24);
            writer.Write(length);
            writer.Write(length);
            writer.Write(local);
        }

        long end = stream.Position;
        writer.Write("PK\x6\x6"u8);
        writer.Write(44L);
        writer.Write(new byte[12]);
        writer.Write((long)places.Count);
        writer.Write((long)places.Count);
        writer.Write(end - start);
        writer.Write(start);
        writer.Write("PK\x6\x7"u8);
        writer.Write(0);
        writer.Write(end);
        writer.Write(1);
        writer.Write("PK\x5\x6"u8);
        writer.Write(0);
        writer.Write(uint.MaxValue);
        writer.Write(uint.MaxValue);
        writer.Write(uint.MaxValue);
        writer.Write((ushort)0);
        return stream.ToArray();
    }
}
