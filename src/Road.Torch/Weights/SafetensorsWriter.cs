using System.Buffers.Binary;
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
    /// <param name="tensors">The tensors, stored in this order; float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8 or bool.</param>
    /// <param name="metadata">Free-form metadata, or null for none.</param>
    /// <exception cref="ArgumentException">A name is empty, reserved or there twice, or a tensor's type has no place in the format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));
    }

    /// <summary>Writes to a stream, which need not seek and stays open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="tensors">The tensors, stored in this order; float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8 or bool.</param>
    /// <param name="metadata">Free-form metadata, or null for none.</param>
    /// <exception cref="ArgumentException">A name is empty, reserved or there twice, or a tensor's type has no place in the format.</exception>
    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        List<KeyValuePair<string, Tensor>> list = [.. tensors];
        byte[] header = CreateHeader(list, metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (KeyValuePair<string, Tensor> pair in list)
        {
            WriteBytes(stream, pair.Value);
        }
    }

    private static byte[] CreateHeader(List<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
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
            : throw new ArgumentException($"The header takes {buffer.Length} bytes; the format allows {SafetensorsHeader.MaximumLength}.", nameof(tensors));
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor? tensor, ref long position)
    {
        if (tensor is null || tensor.IsInvalid || tensor.is_sparse || tensor.device_type == DeviceType.META)
        {
            throw new ArgumentException($"The tensor '{name}' is null, disposed, sparse or without data.", nameof(tensor));
        }

        if (!SafetensorsType.TryGetName(tensor.dtype, out string? type))
        {
            throw new ArgumentException($"The tensor '{name}' has the type {tensor.dtype}; supported are {SafetensorsType.Names}.", nameof(tensor));
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

    private static void WriteBytes(Stream stream, Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = tensor.detach().cpu().contiguous().view(-1);
        long count = flat.numel();
        long step = PieceLength / ElementSize.Of(flat.dtype);
        for (long start = 0; start < count; start += step)
        {
            using Tensor part = flat.narrow(0, start, Math.Min(step, count - start));
            stream.Write(part.bytes);
        }
    }
}
