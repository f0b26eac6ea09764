using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using BenchmarkDotNet.Attributes;
using Road.MLNet.Data;

namespace Road.Benchmarks;

/// <summary>
/// Reading a label mask, file to samples, beside its inflate alone: <see cref="ZLibStream"/> over the same compressed bytes.
/// </summary>
public class LabelPngBenchmark : IDisposable
{
    private static readonly Dictionary<string, string> Published = new()
    {
        ["cityscapes"] = "cityscapes/gtFine/val/lindau/lindau_000013_000019_gtFine_labelIds.png",
        ["gta5"] = "gta5/labels/08688.png",
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("road-benchmark-");
    private string _path = string.Empty;
    private byte[] _compressed = [];
    private byte[] _raw = [];

    private static string? DataFolder => Environment.GetEnvironmentVariable("ROAD_DATA") is { Length: > 0 } data ? data : null;

    /// <summary>The masks: two drawn here and, where ROAD_DATA names the data sets, published ones.</summary>
    public static IEnumerable<string> Masks => ["grey", "rgb16", .. Published.Keys.Where(_ => DataFolder is not null)];

    /// <summary>The mask.</summary>
    [ParamsSource(nameof(Masks))]
    public string Mask { get; set; } = string.Empty;

    /// <summary>Draws or finds the mask and takes its compressed data out of it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _path = Path.Combine(_folder.FullName, "mask.png");
        File.WriteAllBytes(_path, Mask switch
        {
            "grey" => Draw(2048, 1024, colorType: 0, bits: 8),
            "rgb16" => Draw(1280, 760, colorType: 2, bits: 16),
            _ => File.ReadAllBytes(Path.Combine(DataFolder!, Published[Mask])),
        });

        byte[] file = File.ReadAllBytes(_path);
        using var data = new MemoryStream();
        int position = 8;
        while (position < file.Length)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(position));
            if (file.AsSpan(position + 4, 4).SequenceEqual("IDAT"u8))
            {
                data.Write(file, position + 8, length);
            }

            position += 12 + length;
        }

        _compressed = data.ToArray();
        _raw = new byte[LabelPngReader.Read(_path).Header.RawBytes()];
    }

    /// <summary>Removes what was drawn.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The inflate alone.</summary>
    [Benchmark(Baseline = true)]
    public int Inflate()
    {
        using var stream = new ZLibStream(new MemoryStream(_compressed), CompressionMode.Decompress);
        return stream.ReadAtLeast(_raw, _raw.Length);
    }

    /// <summary>The whole reader.</summary>
    [Benchmark]
    public int Read()
    {
        using LabelPng png = LabelPngReader.Read(_path, rent: true);
        return png.Width;
    }

    // Areas under slanted edges, with some outlines of one pixel, as labels of streets have; every row with Paeth's filter.
    private static byte[] Draw(int width, int height, int colorType, int bits)
    {
        int stride = (colorType == 2 ? 3 : 1) * bits / 8;
        byte[] row = new byte[width * stride];
        byte[] above = new byte[row.Length];
        using var data = new MemoryStream();
        using (var stream = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < height; y++)
            {
                for (int i = 0; i < row.Length; i++)
                {
                    int x = i / stride;
                    int area = ((x + (y / 3)) / 90 % 7) + (7 * ((y + (x * x / 40000)) / 110 % 3));
                    row[i] = i % stride < stride - 1 && bits == 16 && i % 2 == 0 ? (byte)0 : (byte)((x + (2 * y)) % 190 == 0 ? 22 : area);
                }

                stream.WriteByte(4);
                for (int i = 0; i < row.Length; i++)
                {
                    (int left, int corner) = i < stride ? (0, 0) : (row[i - stride], above[i - stride]);
                    int estimate = left + above[i] - corner;
                    int predicted = new[] { left, above[i], corner }.MinBy(value => Math.Abs(estimate - value));
                    stream.WriteByte((byte)(row[i] - predicted));
                }

                (row, above) = (above, row);
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = (byte)bits;
        header[9] = (byte)colorType;
        return [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. Chunk("IHDR", header),
            .. Chunk("IDAT", data.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] chunk = new byte[content.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(chunk, 4);
        content.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(content.Length + 8), Crc32.Compute(chunk.AsSpan(4, content.Length + 4)));
        return chunk;
    }
}
