using Road.Torch.Weights.Onnx;
using Road.Torch.Weights.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Weights;

/// <summary>
/// A file of named tensors: safetensors, a state dictionary that PyTorch saved (zip or legacy layout), what TorchSharp's
/// <c>Module.save</c> writes, or an ONNX model. Nothing in a file is ever executed, and tensors are read from the open file
/// when they are asked for. Reading is safe from several threads at once.
/// </summary>
public class WeightsFile : IDisposable
{
    // Spans end at 2^31 - 1 bytes, tensors do not.
    private const long PieceLength = 1 << 26;

    private readonly WeightsData _data;
    private readonly Dictionary<string, WeightsEntry> _byName;
    private volatile bool _disposed;

    internal WeightsFile(
        string name,
        WeightsFormat format,
        IReadOnlyDictionary<string, string> metadata,
        IReadOnlyList<WeightsEntry> entries,
        WeightsData data)
    {
        Name = name;
        Format = format;
        Metadata = metadata;
        Entries = entries;
        _data = data;
        _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The file's path, or the name that its reader was given; messages name it.</summary>
    public string Name { get; }

    /// <summary>The format that the content was found to have.</summary>
    public WeightsFormat Format { get; }

    /// <summary>The file's free-form metadata; empty where it states none, as in every format but safetensors and ONNX.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// The tensors, in the order of the file. Names are the file's own; of a PyTorch checkpoint, those inside its
    /// <c>state_dict</c>, <c>model_state_dict</c> or <c>model</c>, where it has one. Plain values are left out, and so are an ONNX
    /// model's constants of other types than <c>float</c>, <c>float16</c>, <c>bfloat16</c> and <c>double</c>.
    /// </summary>
    public IReadOnlyList<WeightsEntry> Entries { get; }

    /// <summary>Opens a file of any known format, told by its content, whatever its name.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The file; the caller disposes it, which closes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is truncated, damaged, of an unknown format, or holds what a state dictionary of tensors cannot need;
    /// the message names it and the cause.
    /// </exception>
    public static WeightsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream = OpenStream(path);
        try
        {
            return FormatRecognition.Recognize(stream.SafeFileHandle, path) switch
            {
                WeightsFormat.Safetensors => SafetensorsFile.Read(stream, path),
                WeightsFormat.Onnx => Read(stream, path, OnnxLayout.Read(stream.SafeFileHandle, path)),
                WeightsFormat.PyTorchZip => Read(stream, path, WeightsFormat.PyTorchZip, ZipLayout.Read(stream.SafeFileHandle, path)),
                WeightsFormat.PyTorchLegacy =>
                    Read(stream, path, WeightsFormat.PyTorchLegacy, LegacyLayout.Read(stream.SafeFileHandle, path)),
                WeightsFormat format => Read(stream, path, format, TorchSharpLayout.Read(stream.SafeFileHandle, path)),
            };
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor's description.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>The description, or null where the file has no tensor of that name.</returns>
    public WeightsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads a tensor.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>A new contiguous tensor on the CPU of the stored type and shape; the caller owns it.</returns>
    /// <exception cref="KeyNotFoundException">The file has no tensor of that name.</exception>
    /// <exception cref="InvalidDataException">The file has been cut since it was opened; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public Tensor ReadTensor(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        WeightsEntry entry = Get(name);
        using DisposeScope scope = NewDisposeScope();
        Tensor result = entry.Strides is { } strides && entry.ElementCount > 0
            ? ReadElements(entry, 0, TensorLayout.CountSpan(entry.Shape, strides)).as_strided([.. entry.Shape], [.. strides]).contiguous()
            : ReadElements(entry, 0, entry.ElementCount).view([.. entry.Shape]);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Copies a tensor into an existing one; straight from the file into its memory where it is contiguous, on the CPU
    /// and of the stored type.
    /// </summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">A tensor of the stored shape, of any type and on any device; values are converted.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another shape.</exception>
    /// <exception cref="KeyNotFoundException">The file has no tensor of that name.</exception>
    /// <exception cref="InvalidDataException">The file has been cut since it was opened; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public void CopyTo(string name, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ObjectDisposedException.ThrowIf(_disposed, this);
        WeightsEntry entry = Get(name);
        if (!entry.Shape.SequenceEqual(destination.shape))
        {
            throw new ArgumentException(
                $"The tensor '{name}' of '{Name}' has the shape {WeightsError.Format(entry.Shape)}, the destination "
                + $"{WeightsError.Format(destination.shape)}.",
                nameof(destination));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        if (entry.Strides is not null || !destination.is_contiguous())
        {
            destination.copy_(ReadTensor(name));
            return;
        }

        Tensor flat = destination.detach().view(-1);
        if (flat.device_type == DeviceType.CPU && flat.dtype == entry.Type && entry.Type != ScalarType.Bool)
        {
            CopyBytes(entry, 0, flat);
            return;
        }

        long step = PieceLength / ElementSize.Of(entry.Type);
        for (long start = 0; start < entry.ElementCount; start += step)
        {
            long count = Math.Min(step, entry.ElementCount - start);
            using Tensor piece = ReadElements(entry, start, count);
            using Tensor part = flat.narrow(0, start, count);
            part.copy_(piece);
        }
    }

    /// <summary>Copies a tensor over one of the same shape and type, as the state of a training has it.</summary>
    /// <exception cref="InvalidDataException">
    /// There is no such tensor in the file, it has another shape or type, or holds a number that is not finite.
    /// </exception>
    internal void CopyExactly(string name, Tensor destination)
    {
        WeightsEntry entry = Find(name)
            ?? throw new InvalidDataException($"The file '{Name}' lacks the tensor '{name}', so it is of another training.");
        if (entry.Type != destination.dtype || !entry.Shape.SequenceEqual(destination.shape))
        {
            throw new InvalidDataException(
                $"In the file '{Name}' the tensor '{name}' is {entry.Type} {WeightsError.Format(entry.Shape)}, but {destination.dtype} "
                + $"{WeightsError.Format(destination.shape)} is expected, so it is of another training.");
        }

        CopyTo(name, destination);
        if (!FiniteTensors.IsFinite(destination))
        {
            throw new InvalidDataException($"In the file '{Name}' the tensor '{name}' holds a number that is not finite.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a file for reading through its handle.</summary>
    internal static FileStream OpenStream(string path) => InputFile.Open(path, "weights file", bufferSize: 1);

    /// <summary>Lets the file's data go.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        _disposed = true;
        if (disposing)
        {
            _data.Dispose();
        }
    }

    private static WeightsFile Read(FileStream stream, string path, WeightsFormat format, IReadOnlyList<WeightsEntry> entries) =>
        new(path, format, new Dictionary<string, string>(), entries, new FileWeightsData(stream, 0, path));

    private static WeightsFile Read(FileStream stream, string path, OnnxContent content)
    {
        OnnxWeightsData data = new(new FileWeightsData(stream, 0, path), content.Length, content.Decoded);
        return new WeightsFile(path, WeightsFormat.Onnx, content.Metadata, content.Entries, data);
    }

    /// <summary>Reads elements that lie one after another, from the entry's first on.</summary>
    private Tensor ReadElements(WeightsEntry entry, long start, long count)
    {
        // Any byte but 0 and 1 is undefined behaviour in a bool tensor, so those pass through uint8.
        bool isBool = entry.Type == ScalarType.Bool;
        Tensor elements = empty([count], isBool ? ScalarType.Byte : entry.Type, CPU);
        CopyBytes(entry, start, elements);
        if (!isBool)
        {
            return elements;
        }

        using (elements)
        {
            return elements.to(ScalarType.Bool);
        }
    }

    private void CopyBytes(WeightsEntry entry, long first, Tensor flat)
    {
        int size = ElementSize.Of(entry.Type);
        long count = flat.numel();
        long step = PieceLength / size;
        for (long start = 0; start < count; start += step)
        {
            using Tensor part = flat.narrow(0, start, Math.Min(step, count - start));
            _data.Copy(entry.Offset + ((first + start) * size), part.bytes);
        }
    }

    private WeightsEntry Get(string name) =>
        Find(name) ?? throw new KeyNotFoundException($"The weights file '{Name}' has no tensor '{name}'.");
}
