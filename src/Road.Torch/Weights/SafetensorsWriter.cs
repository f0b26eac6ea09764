using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>
/// Writes named tensors in the safetensors format. The same tensors and metadata give the same bytes; no more than one
/// tensor is copied at a time, and only where it is not contiguous or not on the CPU.
/// </summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;
    private const long PieceLength = 1 << 26;

    // Names are readable in the file as they are; it is no web page.
    private static readonly JsonWriterOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a file, through a temporary one beside it: a failure leaves what was there before.</summary>
    /// <param name="path">The file's path; an existing file is replaced.</param>
    /// <param name="tensors">
    /// The tensors, stored in this order; float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8 or bool.
    /// </param>
    /// <param name="metadata">Free-form metadata, or null for none.</param>
    /// <exception cref="ArgumentException">
    /// A name is empty, reserved or there twice, a tensor's type has no place in the format, or a tensor holds a number that is not finite.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        List<KeyValuePair<string, Tensor>> list = [.. tensors];
        CheckFinite(list, $"'{path}'");
        AtomicFile.Write(path, stream => Write(stream, list, metadata, withDigest: false));
    }

    /// <summary>Writes to a stream, which need not seek and stays open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="tensors">
    /// The tensors, stored in this order; float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8 or bool.
    /// </param>
    /// <param name="metadata">Free-form metadata, or null for none.</param>
    /// <exception cref="ArgumentException">
    /// A name is empty, reserved or there twice, a tensor's type has no place in the format, or a tensor holds a number that is not finite.
    /// </exception>
    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        List<KeyValuePair<string, Tensor>> list = [.. tensors];
        CheckFinite(list, "The weights");
        Write(stream, list, metadata, withDigest: false);
    }

    /// <summary>Writes tensors that are known to be finite, with the digest of it all in the metadata.</summary>
    internal static void WriteWithDigest(
        Stream stream, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata) =>
        Write(stream, tensors, new Dictionary<string, string>(metadata)
        { [SafetensorsDigest.Key] = SafetensorsDigest.Blank }, withDigest: true);

    private static void Write(
        Stream stream, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata, bool withDigest)
    {
        byte[] header = CreateHeader(tensors, metadata);
        byte[] prefix = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        if (withDigest)
        {
            using SafetensorsDigest digest = SafetensorsDigest.Begin(prefix, header, out Range digits)!;
            foreach (KeyValuePair<string, Tensor> pair in tensors)
            {
                ForEachPiece(pair.Value, digest.Append);
            }

            Encoding.ASCII.GetBytes(digest.Finish(), header.AsSpan(digits));
        }

        stream.Write(prefix);
        stream.Write(header);
        foreach (KeyValuePair<string, Tensor> pair in tensors)
        {
            ForEachPiece(pair.Value, stream.Write);
        }
    }

    private static void CheckFinite(List<KeyValuePair<string, Tensor>> tensors, string file)
    {
        if (FiniteTensors.FindDefect(tensors.Where(static pair => pair.Value is { IsInvalid: false, is_sparse: false })) is { } name)
        {
            throw new ArgumentException(
                $"{file} cannot be written: the tensor '{name}' holds a number that is not finite.", nameof(tensors));
        }
    }

    private static bool HasNoData(Tensor tensor) => tensor.is_sparse || tensor.device_type == DeviceType.META;

    private static byte[] CreateHeader(IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, HeaderOptions))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);

                // A dictionary promises no order of its own.
                foreach (KeyValuePair<string, string> pair in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(pair.Key, pair.Value);
                }

                json.WriteEndObject();
            }

            HashSet<string> names = new(StringComparer.Ordinal) { SafetensorsHeader.MetadataKey };
            long position = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                if (string.IsNullOrEmpty(name) || !names.Add(name))
                {
                    throw new ArgumentException($"The tensor name '{name}' is empty, reserved or given twice.", nameof(tensors));
                }

                WriteEntry(json, name, tensor, ref position);
            }

            json.WriteEndObject();
        }

        while (buffer.Length % Alignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.Length <= SafetensorsHeader.MaximumLength
            ? buffer.ToArray()
            : throw new ArgumentException(
                $"The header takes {buffer.Length} bytes; the format allows {SafetensorsHeader.MaximumLength}.", nameof(tensors));
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor? tensor, ref long position)
    {
        if (tensor is null || tensor.IsInvalid || HasNoData(tensor))
        {
            throw new ArgumentException($"The tensor '{name}' is null, disposed, sparse or without data.", nameof(tensor));
        }

        if (!SafetensorsType.TryGetName(tensor.dtype, out string? type))
        {
            throw new ArgumentException(
                $"The tensor '{name}' has the type {tensor.dtype}; supported are {SafetensorsType.Names}.", nameof(tensor));
        }

        long end = position + (tensor.numel() * ElementSize.Of(tensor.dtype));
        json.WriteStartObject(name);
        json.WriteString("dtype", type);
        json.WriteStartArray("shape");
        foreach (long extent in tensor.shape)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(position);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        position = end;
    }

    private static void ForEachPiece(Tensor tensor, ReadOnlySpanAction use)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = tensor.detach().cpu().contiguous().view(-1);
        long count = flat.numel();
        long step = PieceLength / ElementSize.Of(flat.dtype);
        for (long start = 0; start < count; start += step)
        {
            using Tensor part = flat.narrow(0, start, Math.Min(step, count - start));
            use(part.bytes);
        }
    }

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);
}
