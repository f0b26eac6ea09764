using System.Text;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>
/// What TorchSharp's <c>Module.save</c> writes: the number of tensors, then for each its name, element type, extents
/// and bytes. Numbers are in LEB128, texts in UTF-8 behind their length. The format has no mark of its own.
/// </summary>
internal static class TorchSharpLayout
{
    // Seven bits a byte.
    private const int MaximumNumberLength = 9;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads where the tensors of a file lie.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of no known format.</exception>
    public static List<WeightsEntry> Read(SafeFileHandle handle, string file)
    {
        long length = RandomAccess.GetLength(handle);
        WeightsReader reader = new(handle, 0, length, file, "it");
        try
        {
            return ReadEntries(reader, length);
        }
        catch (TorchSharpFormatException exception)
        {
            throw WeightsError.Damaged(
                file,
                $"{FormatRecognition.DescribeOthers(handle)}, and it does not read as TorchSharp's: {exception.Message}",
                exception);
        }
    }

    private static List<WeightsEntry> ReadEntries(WeightsReader reader, long length)
    {
        List<WeightsEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        long count = ReadNumber(reader, "the number of tensors");
        if (count == 0)
        {
            throw new TorchSharpFormatException("it would hold no tensors");
        }

        for (long i = 0; i < count; i++)
        {
            WeightsLimits.CheckCount(i + 1, length, reader.File);
            WeightsEntry entry = ReadEntry(reader, i);
            if (!names.Add(entry.Name))
            {
                throw new TorchSharpFormatException($"it names {WeightsError.Quote(entry.Name)} twice");
            }

            entries.Add(entry);
        }

        return reader.Remaining == 0
            ? entries
            : throw new TorchSharpFormatException($"it goes on for {reader.Remaining} bytes after its {count} tensors");
    }

    private static WeightsEntry ReadEntry(WeightsReader reader, long index)
    {
        string name = ReadName(reader, index);
        string text = $"the tensor {WeightsError.Quote(name)}";
        ScalarType type = ToElementType(ReadNumber(reader, $"the element type of {text}"), text);
        long dimensions = ReadNumber(reader, $"the number of dimensions of {text}");
        if (dimensions > ElementSize.MaximumDimensions)
        {
            throw new TorchSharpFormatException($"{text} would have {dimensions} dimensions");
        }

        long[] shape = new long[dimensions];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = ReadNumber(reader, $"the shape of {text}");
        }

        if (!ElementSize.TryGetByteLength(type, shape, out long bytes) || bytes > reader.Remaining)
        {
            throw new TorchSharpFormatException(
                $"{text} of shape {WeightsError.Format(shape)} needs more than the {reader.Remaining} bytes that are left");
        }

        WeightsEntry entry = new(name, type, Array.AsReadOnly(shape)) { Offset = reader.Position };
        reader.Skip((ulong)bytes);
        return entry;
    }

    private static string ReadName(WeightsReader reader, long index)
    {
        long length = ReadNumber(reader, $"the length of the name of tensor {index}");
        if (length is 0 or > WeightsLimits.MaximumNameLength || length > reader.Remaining)
        {
            throw new TorchSharpFormatException($"tensor {index} would have a name of {length} bytes");
        }

        byte[] bytes = new byte[length];
        reader.Read(bytes);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new TorchSharpFormatException($"the name of tensor {index} is not valid UTF-8");
        }
    }

    private static ScalarType ToElementType(long number, string text)
    {
        ScalarType type = (ScalarType)(sbyte)Math.Min(number, sbyte.MaxValue);
        return SafetensorsType.TryGetName(type, out _)
            ? type
            : throw new TorchSharpFormatException($"{text} has the element type {number}, which is not supported");
    }

    private static long ReadNumber(WeightsReader reader, string what)
    {
        long value = 0;
        for (int i = 0; i < MaximumNumberLength; i++)
        {
            if (reader.Remaining == 0)
            {
                throw new TorchSharpFormatException($"it ends within {what}");
            }

            byte part = reader.ReadByte();
            value |= (long)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new TorchSharpFormatException($"{what} is longer than {MaximumNumberLength} bytes");
    }

    /// <summary>The content is not TorchSharp's; nothing before said that it was.</summary>
    private sealed class TorchSharpFormatException(string message) : Exception(message);
}
