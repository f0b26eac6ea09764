using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Road.Torch.Weights.Onnx;

namespace Road.Torch.Weights;

/// <summary>Tells the formats of weights files apart by their first bytes.</summary>
internal static class FormatRecognition
{
    // Where a safetensors header begins, after its length.
    private const int HeaderStart = 8;
    private const byte PickleProtocol = 0x80;
    private const int NewestPickleProtocol = 5;

    /// <summary>Names the format that a file claims to have; its reader finds out whether it has.</summary>
    /// <exception cref="InvalidDataException">The file is empty, or of a format that is known not to be read.</exception>
    public static WeightsFormat Recognize(SafeFileHandle handle, string file)
    {
        Span<byte> buffer = stackalloc byte[GitLfsPointer.Length];
        ReadOnlySpan<byte> start = buffer[..RandomAccess.Read(handle, buffer, 0)];
        if (start.IsEmpty)
        {
            throw WeightsError.Damaged(file, "it is empty");
        }

        if (GitLfsPointer.Begins(start))
        {
            throw WeightsError.Damaged(file, GitLfsPointer.Description);
        }

        if (start.StartsWith("PK\x3\x4"u8) || start.StartsWith("PK\x5\x6"u8))
        {
            return WeightsFormat.PyTorchZip;
        }

        if (start[0] == OnnxLayout.FirstByte && OnnxLayout.IsModel(handle, file))
        {
            return WeightsFormat.Onnx;
        }

        if (start.Length > HeaderStart && start[HeaderStart] == (byte)'{')
        {
            return WeightsFormat.Safetensors;
        }

        // A pickle of protocols 0 and 1 has no mark of its own; PyTorch's begins with the digits of its magic number.
        if ((start[0] == PickleProtocol && start.Length > 1 && start[1] <= NewestPickleProtocol) || start.StartsWith("L11954703"u8))
        {
            return WeightsFormat.PyTorchLegacy;
        }

        return WeightsFormat.TorchSharp;
    }

    /// <summary>Says of a file that cannot be TorchSharp's either what it would have been as another format.</summary>
    public static string DescribeOthers(SafeFileHandle handle)
    {
        Span<byte> start = stackalloc byte[HeaderStart];
        int count = RandomAccess.Read(handle, start, 0);
        string safetensors = count < HeaderStart
            ? $"it ends after {count} bytes"
            : $"its first 8 bytes would give a header of {BinaryPrimitives.ReadUInt64LittleEndian(start)} bytes, "
                + "which '{' does not follow";
        return $"it is neither a safetensors file ({safetensors}) nor PyTorch's (it begins as no zip archive or pickle) nor an ONNX model";
    }
}
