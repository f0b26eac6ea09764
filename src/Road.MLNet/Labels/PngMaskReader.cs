using Road.MLNet.Interop;

namespace Road.MLNet.Data;

/// <summary>Reads masks that are PNG files.</summary>
internal sealed class PngMaskReader : LabelMaskReader
{
    private PngMaskReader()
    {
    }

    /// <summary>The only one; it has no state.</summary>
    public static PngMaskReader Instance { get; } = new();

    /// <inheritdoc/>
    public override ModelFormat Format { get; } =
        new("ROADLBLS", LabelMaskLoadingTransformer.LoaderSignature, Version: 2, FirstSealed: 2);

    /// <inheritdoc/>
    public override LabelPng Read(string path, int maxPixels) => LabelPngReader.Read(path, maxPixels, rent: true);

    /// <inheritdoc/>
    public override (int Width, int Height) ReadSize(string path, int maxPixels)
    {
        PngHeader header = LabelPngReader.ReadHeader(path, maxPixels);
        return (header.Width, header.Height);
    }
}
